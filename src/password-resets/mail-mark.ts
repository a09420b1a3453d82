import { randomInt } from 'node:crypto';
import { RESET_MAILED_AT } from '../mirror/decide/metadata.ts';
import { RetryableError, type WorkosUser, type WorkosUsers } from '../workos/users.ts';

/**
 * The mark of a mail at WorkOS, `cognito_reset_mailed_at`: it keeps a run on another machine, or with another
 * state file, from mailing the user again (docs/facts.md#workos-metadata: metadata merge key by key).
 */
export function mailedAt({ metadata }: Pick<WorkosUser, 'metadata'>): string | undefined {
  return metadata[RESET_MAILED_AT];
}

/**
 * A new mark. Its last six digits are random: two runs that mark one user in the same millisecond would each take
 * the other's mark for their own, and both mail.
 */
export function newMark(now: Date): string {
  return now.toISOString().replace('Z', `${String(randomInt(1_000_000)).padStart(6, '0')}Z`);
}

/** A reset link is valid for so long; it could still be used. */
const LINK_WORKS_MS = 3_600_000;

/** Whether the mail of this mark is so new that its link still works. */
export function isRecentMark(mark: string | undefined, now: Date): boolean {
  return Date.parse(mark ?? '') > now.getTime() - LINK_WORKS_MS;
}

export type MarkResult = { kind: 'marked'; user: WorkosUser } | { kind: 'refused'; code: string };

/** @throws RetryableError, and then it is not known whether the mark was written. */
export async function writeMark(
  workosUsers: Pick<WorkosUsers, 'update'>,
  id: string,
  mark: string,
  signal: AbortSignal,
): Promise<MarkResult> {
  const result = await workosUsers.update(id, { metadata: { [RESET_MAILED_AT]: mark } }, signal);
  if (result.kind === 'written') return { kind: 'marked', user: result.user };
  const { because, code } = result.refusal;
  return { kind: 'refused', code: because === 'changed_meanwhile' ? 'deleted_in_workos' : code };
}

/**
 * Removes the mark of a mail that was surely not sent. Where WorkOS cannot be asked the mark stays, and the log
 * knows that it is this run's own: a later run with the same state file mails the user.
 *
 * @returns the user as WorkOS has it then.
 */
export async function clearMark(
  workosUsers: Pick<WorkosUsers, 'update'>,
  id: string,
  signal: AbortSignal,
): Promise<WorkosUser | undefined> {
  try {
    const result = await workosUsers.update(id, { metadata: { [RESET_MAILED_AT]: null } }, signal);
    return result.kind === 'written' ? result.user : undefined;
  } catch (error) {
    if (error instanceof RetryableError) return undefined;
    throw error;
  }
}
