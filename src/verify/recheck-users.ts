import { setTimeout as delay } from 'node:timers/promises';
import { isSameState } from '../cognito/reread.ts';
import { isFinding } from '../compare/verdict.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import { RetryableError, type WorkosUser } from '../workos/users.ts';
import type { VerifyContext } from './context.ts';
import { readWorkosAgain } from './read-workos.ts';
import { forEachItem, recheckLimit } from './recheck-limit.ts';

/**
 * Rechecks every user that differs, on both sides, after a pause: a listing is minutes old, and a live
 * event may be on its way. A user that has changed since the listing and still differs gets the same pause
 * and one more recheck.
 *
 * @returns how many differ that were not rechecked, because they are too many.
 */
export async function recheckUsers(context: VerifyContext): Promise<number> {
  const { comparison, settleMs, onNotice } = context;
  const { findings } = comparison;
  const count = findings.size();
  if (count === 0) return 0;
  if (count > recheckLimit(comparison)) {
    onNotice?.(`${count} users differ: too many to recheck each, some may have changed since`);
    return count;
  }
  onNotice?.(`${count} users differ: rechecking each in ${settleMs / 1000} s`);
  const users = [...findings.pages()].flat();
  const changed = await recheckEach(users, context);
  if (changed.length > 0) await recheckEach(changed, context);
  return 0;
}

/** @returns those that still differ and are no longer as they were given. */
async function recheckEach(
  users: readonly ObservedUser[],
  context: VerifyContext,
): Promise<ObservedUser[]> {
  const { settleMs, stop } = context;
  await delay(settleMs, undefined, { signal: stop });
  const changed: ObservedUser[] = [];
  await forEachItem(users, stop, async (user) => {
    const now = await recheck(user, context);
    if (now && !isSameState(now, user)) changed.push(now);
  });
  return changed;
}

/** @returns the user as it is now, where it still differs. */
async function recheck(
  user: ObservedUser,
  context: VerifyContext,
): Promise<ObservedUser | undefined> {
  const { comparison, bulkMirror } = context;
  const now = await bulkMirror.reread(user);
  if (!now) {
    comparison.forget(user.sub);
    return undefined;
  }
  const found = await readWorkosAgain(now, context);
  // The first verdict stands where WorkOS does not answer.
  if (!found) return undefined;
  await rereadHolders(now, found, context);
  return isFinding(comparison.judge(now)) ? now : undefined;
}

/** Reads the Cognito profiles of those WorkOS users again. */
async function rereadHolders(
  { userPoolId, sub }: ObservedUser,
  found: readonly WorkosUser[],
  { bulkMirror, abort }: VerifyContext,
): Promise<void> {
  for (const { externalId } of found) {
    if (externalId === undefined || externalId === sub) continue;
    await bulkMirror.holders.find({ userPoolId, sub: externalId }, abort).catch(keepWhatWasListed);
  }
}

/** What was listed stands where Cognito cannot be asked again. */
function keepWhatWasListed(error: unknown): void {
  if (!(error instanceof RetryableError)) throw error;
}
