import { createHash } from 'node:crypto';
import { hasPassword, isFederated } from '../mirror/decide/tags.ts';
import type { ObservedUser } from '../user/observed-user.ts';

/**
 * A sweep begins so long before the last round began: a change may reach ListUsers late, and Cognito's servers
 * differ a little about the time.
 */
export const OVERLAP_MS = 300_000;
/** The state has to stay small: what is beyond it is published a second time, which the ledger answers. */
const MAXIMUM_RECENT = 500;

/** A round's times, in milliseconds since the epoch; `since` undefined: everybody is due. */
type RoundTimes = { begunAt: number; since: number | undefined };

/**
 * One state of a user, as short as it may be: 72 bits of a hash. Of all that was observed, because two changes may
 * have the same `modifiedAt`.
 */
function userToKey({ observedAt: _, ...state }: ObservedUser): string {
  return createHash('sha256').update(JSON.stringify(state)).digest('base64').slice(0, 12);
}

/**
 * A page of users → those that the round has to publish: all, or those that were changed since. `recent` are
 * keys of users that were changed within the overlap with the next round, and are published with this one or
 * were so before: the next sweep leaves them out.
 *
 * @param known the `recent` of the last finished round.
 */
export function toDueUsers(
  users: readonly ObservedUser[],
  { begunAt, since }: RoundTimes,
  known: ReadonlySet<string>,
): { due: ObservedUser[]; recent: string[] } {
  const due: ObservedUser[] = [];
  const recent: string[] = [];
  for (const user of users) {
    const modifiedAt = user.modifiedAt === undefined ? undefined : Date.parse(user.modifiedAt);
    const isOld = since !== undefined && modifiedAt !== undefined && modifiedAt < since;
    if (isOld) continue;
    const isRecent = modifiedAt !== undefined && modifiedAt >= begunAt - OVERLAP_MS;
    const isPublished = since !== undefined && known.has(userToKey(user));
    if (!isPublished) due.push(user);
    if (isRecent) recent.push(userToKey(user));
  }
  return { due, recent };
}

/** Whether Cognito lets the user sign in with a password: native, enabled, and confirmed. */
export function isPasswordUser(user: ObservedUser): boolean {
  return !isFederated(user) && user.enabled !== false && hasPassword(user);
}

/** Adds keys up to the maximum. */
export function addRecent(recent: readonly string[], more: readonly string[]): string[] {
  return [...new Set([...recent, ...more])].slice(0, MAXIMUM_RECENT);
}
