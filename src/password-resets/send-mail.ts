import { createReread } from '../cognito/reread.ts';
import type { PasswordResets } from '../workos/password-resets.ts';
import type { ResetAnswer } from '../workos/reset-answer.ts';
import { RetryableError } from '../workos/users.ts';
import { type ClaimDependencies, type ClaimedUser, createClaim } from './claim.ts';
import { clearMark } from './mail-mark.ts';
import type { Mail } from './recipients.ts';

/** How one try ended; `not_begun` and `all_refused` leave the user as it was. */
export type MailResult =
  | { kind: 'sent' }
  | { kind: 'in_doubt' | 'not_allowed' | 'failed'; reason: string }
  /** By another run, since the plan. */
  | { kind: 'already_sent'; reason: string }
  | { kind: 'not_begun' }
  /** No further mail can be sent in this run. */
  | {
      kind: 'all_refused';
      because: 'quota' | 'password_sign_in_off' | 'key_refused';
      retryAfterSeconds?: number;
    };

export type MailDependencies = ClaimDependencies & {
  resets: PasswordResets;
  /** Whether no more mails should be sent, those that are claimed included. Default: when it was stopped. */
  isOver?: () => boolean;
  onNotice?: (notice: string) => void;
};

/**
 * Sends one mail, from a recheck of both sides to the noted result. The order keeps a user from getting
 * two mails: that WorkOS is asked is on disk and marked at WorkOS before the request leaves, the result is noted
 * after the answer. A process killed in between leaves the note, and the user is in doubt; it leaves the mark,
 * and no other machine or state file mails the user.
 *
 * @returns a function that throws RetryableError where surely no mail was sent and a later try can help.
 */
export function createSendMail(dependencies: MailDependencies) {
  const { workosUsers, resets, log, recipients, stop, abort } = dependencies;
  const { isOver = () => stop.aborted } = dependencies;
  const claim = createClaim(dependencies);
  const reread = createReread({
    source: dependencies.source,
    abort: stop,
    onFailure: (why) =>
      dependencies.onNotice?.(`Cognito is no longer asked again before each mail: ${why}`),
  });

  return async (mail: Mail): Promise<MailResult> => {
    if (stop.aborted) return { kind: 'not_begun' };
    const user = await reread(recipients.userOf(mail));
    if (!user) return { kind: 'failed', reason: 'deleted_in_cognito' };
    const claimed = await claim(mail, user);
    if (claimed.kind !== 'claimed') return claimed;
    if (isOver()) {
      await noteNotSent(claimed);
      return { kind: 'not_begun' };
    }
    return note(claimed, await resets.send(claimed.workosUser.email, abort));
  };

  async function note(claimed: ClaimedUser, answer: ResetAnswer): Promise<MailResult> {
    const { id } = claimed.workosUser;
    switch (answer.kind) {
      case 'sent':
        return noteSent(claimed, answer.userId);
      case 'in_doubt':
        log.settle(id, { outcome: 'in_doubt', reason: answer.reason });
        return { kind: 'in_doubt', reason: answer.reason };
      case 'not_allowed':
        log.settle(id, { outcome: 'not_allowed', reason: answer.code });
        await unmark(claimed);
        return { kind: 'not_allowed', reason: answer.code };
      default:
        await noteNotSent(claimed);
        return notSent(answer);
    }
  }

  /** WorkOS is asked by email, and an email can move to another user at the last moment. */
  async function noteSent(claimed: ClaimedUser, mailedId: string): Promise<MailResult> {
    log.settle(mailedId, { outcome: 'sent' });
    if (mailedId === claimed.workosUser.id) return { kind: 'sent' };
    await noteNotSent(claimed);
    return { kind: 'failed', reason: 'email_moved_to_another_user' };
  }

  async function noteNotSent(claimed: ClaimedUser): Promise<void> {
    const { id } = claimed.workosUser;
    log.release(id);
    // Of an earlier mail, or one in doubt, the mark has to stay.
    if (log.find(id) === undefined) await unmark(claimed);
  }

  async function unmark({ workosUser, isMarkedElsewhere }: ClaimedUser): Promise<void> {
    if (isMarkedElsewhere) return;
    const now = await clearMark(workosUsers, workosUser.id, abort);
    if (now) recipients.index.put(now);
  }
}

type NotSent = Exclude<ResetAnswer, { kind: 'sent' | 'in_doubt' | 'not_allowed' }>;

/** @throws RetryableError */
function notSent(answer: NotSent): MailResult {
  switch (answer.kind) {
    case 'rate_limited':
      throw new RetryableError('WorkOS asked to slow down (429)', {
        status: 429,
        retryAfterSeconds: answer.retryAfterSeconds,
      });
    case 'not_sent':
      throw new RetryableError(`WorkOS could not be reached (${answer.reason})`);
    case 'quota_used_up': {
      const { retryAfterSeconds } = answer;
      const when = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
      return { kind: 'all_refused', because: 'quota', ...when };
    }
    case 'password_sign_in_off':
    case 'key_refused':
      return { kind: 'all_refused', because: answer.kind };
    case 'gone':
      return { kind: 'failed', reason: 'deleted_in_workos' };
    case 'refused':
      return { kind: 'failed', reason: answer.code };
  }
}
