import { setTimeout as delay } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { RateLimitedUsers } from '../bulk/rate-limited-users.ts';
import { isSameState, type Reread } from '../cognito/reread.ts';
import type { UserSource } from '../cognito/user-source.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import { isSameAddress } from '../user/address.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { Profiles } from '../user/profiles.ts';
import { RetryableError, type WorkosUser } from '../workos/users.ts';
import { compareUser, isFinding } from './compare-user.ts';
import type { Comparison } from './comparison.ts';

export type Recheck = {
  comparison: Comparison;
  source: Pick<UserSource, 'find'>;
  /** The profiles of both sides, as fresh as a decision needs them. */
  holders: Profiles;
  reread: Reread;
  workosUsers: Pick<RateLimitedUsers, 'get' | 'findByEmail' | 'findByExternalId'>;
  rules: MirrorRules;
  isLive: boolean;
  /** How long a change may take from Cognito to WorkOS, in milliseconds. */
  settleMs: number;
  stop: AbortSignal;
  abort: AbortSignal;
  /** Something the owner should know that changes no finding. Safe to print. */
  onNotice?: (notice: string) => void;
};

/**
 * More findings than this are no users that changed meanwhile. At one or two reads each they keep the
 * budget of 0.05 reads a user.
 */
const SHARE_LOOKED_AT_AGAIN = 0.01;
const ALWAYS_LOOKED_AT_AGAIN = 100;
const AT_A_TIME = 8;

/**
 * Looks at every user that differs once more, on both sides, after a pause: a listing is minutes old,
 * and a live event may be on its way. Who turns out to have changed since the listing, and still differs,
 * is given the same pause again.
 *
 * @returns how many differ that were not looked at again, because they are too many.
 */
export async function lookAtUsersAgain(dependencies: Recheck): Promise<number> {
  const { comparison, settleMs, onNotice } = dependencies;
  const { findings } = comparison;
  const count = findings.size();
  if (count === 0) return 0;
  if (count > limitOf(comparison)) {
    onNotice?.(
      `${count} users differ: too many to look at each again, some may have changed since`,
    );
    return count;
  }
  onNotice?.(`${count} users differ: looking at each again in ${settleMs / 1000} s`);
  const users = [...findings.pages()].flat();
  const changed = await lookAtEach(users, dependencies);
  if (changed.length > 0) await lookAtEach(changed, dependencies);
  return 0;
}

function limitOf(comparison: Comparison): number {
  return Math.max(ALWAYS_LOOKED_AT_AGAIN, SHARE_LOOKED_AT_AGAIN * comparison.checked());
}

/** @returns those that still differ and are no longer as they were given. */
async function lookAtEach(
  users: readonly ObservedUser[],
  dependencies: Recheck,
): Promise<ObservedUser[]> {
  const { settleMs, stop } = dependencies;
  await delay(settleMs, undefined, { signal: stop });
  const changed: ObservedUser[] = [];
  await eachOf(users, stop, async (user) => {
    const now = await lookAt(user, dependencies);
    if (now && !isSameState(now, user)) changed.push(now);
  });
  return changed;
}

/** @returns the user as it is now, where it still differs. */
async function lookAt(
  user: ObservedUser,
  dependencies: Recheck,
): Promise<ObservedUser | undefined> {
  const { comparison, reread, rules, isLive, abort } = dependencies;
  const now = await reread(user);
  if (!now) {
    comparison.forget(user.sub);
    return undefined;
  }
  const seen = await see(now, dependencies).catch((error: unknown) => {
    // What was seen the first time stands.
    if (error instanceof RetryableError && !abort.aborted) return undefined;
    throw error;
  });
  if (!seen) return undefined;
  for (const found of seen) comparison.index.put(found);
  await refreshHolders(now, seen, dependencies);
  const verdict = compareUser(now, comparison, rules, isLive);
  comparison.replace(now, verdict);
  return isFinding(verdict) ? now : undefined;
}

/** The email is asked for only where the rules would look at who has it. */
async function see(
  user: ObservedUser,
  { comparison, workosUsers, abort }: Recheck,
): Promise<WorkosUser[]> {
  const { sub, email } = user;
  const known = comparison.index.byExternalId(sub);
  const own = await workosUsers.findByExternalId(sub, abort);
  // Deleted, or somebody else's by now.
  if (known && known.id !== own?.id) comparison.index.remove(known.id);
  const seen = own ? [own] : [];
  if (email === undefined || isSameAddress(own?.email, email)) return seen;
  const holder = comparison.index.byEmail(email);
  const answer = await workosUsers.findByEmail(email, abort);
  if (answer.kind === 'found') return [...seen, answer.user];
  if (holder) comparison.index.remove(holder.id);
  return seen;
}

/** Whose WorkOS users they are, as Cognito has it now. */
async function refreshHolders(
  { userPoolId, sub }: ObservedUser,
  seen: readonly WorkosUser[],
  { holders, abort }: Recheck,
): Promise<void> {
  for (const { externalId } of seen) {
    if (externalId === undefined || externalId === sub) continue;
    await holders.find({ userPoolId, sub: externalId }, abort).catch(keepWhatIsKnown);
  }
}

/** What was listed stands where Cognito cannot be asked again. */
function keepWhatIsKnown(error: unknown): void {
  if (!(error instanceof RetryableError)) throw error;
}

/**
 * Looks at every stray once more: the person may have come to Cognito while it was listed, or be gone
 * from WorkOS.
 *
 * @returns how many were not looked at again, because they are too many.
 */
export async function recheckOrphans(dependencies: Recheck): Promise<number> {
  const { comparison, stop, onNotice } = dependencies;
  const { orphans } = comparison;
  const count = orphans.size();
  if (count > limitOf(comparison)) {
    onNotice?.(`${count} WorkOS users are not in Cognito: too many to look for each again`);
    return count;
  }
  await eachOf(orphans.all(), stop, async ({ id, externalId }) => {
    if (!(await isStillStray(id, externalId, dependencies))) orphans.remove(id);
  });
  return 0;
}

async function isStillStray(
  id: string,
  externalId: string | undefined,
  { source, workosUsers, comparison, abort, onNotice }: Recheck,
): Promise<boolean> {
  try {
    const now = await workosUsers.get(id, abort);
    if (!now) return false;
    if (now.externalId !== externalId) {
      return now.externalId === undefined || !comparison.orphans.isInCognito(now.externalId);
    }
    if (externalId === undefined) return true;
    const found = await source.find(externalId, abort);
    return found === undefined || found === 'unknown';
  } catch (error) {
    if (abort.aborted) throw error;
    onNotice?.(`the WorkOS user ${id} could not be looked at again`);
    return true;
  }
}

async function eachOf<T>(
  list: readonly T[],
  stop: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = new PQueue({ concurrency: AT_A_TIME });
  stop.throwIfAborted();
  await queue.addAll(
    list.map((item) => async () => {
      stop.throwIfAborted();
      await work(item);
    }),
  );
}
