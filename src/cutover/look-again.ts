import { setTimeout as delay } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { ObservedUser } from '../cognito/observed-user.ts';
import type { UserSource } from '../cognito/user-source.ts';
import type { MirrorRules } from '../mirror/rules.ts';
import type { PacedDirectory } from '../seed/paced-directory.ts';
import type { Reread } from '../seed/reread.ts';
import { RetryableError } from '../workos/user-directory.ts';
import { compareUser, type Seen } from './compare-user.ts';
import type { Ledger } from './ledger.ts';

export type LookAgain = {
  ledger: Ledger;
  source: Pick<UserSource, 'exists'>;
  reread: Reread;
  directory: Pick<PacedDirectory, 'get' | 'findByEmail' | 'findByExternalId'>;
  rules: MirrorRules;
  isLive: boolean;
  /** How long a change may take from Cognito to WorkOS, in milliseconds: then those left are looked at once more. */
  settleMs: number;
  stop: AbortSignal;
  abort: AbortSignal;
  /** Something the owner should know that changes no finding. Safe to print. */
  onNotice?: (notice: string) => void;
};

/** More findings than this are no users that changed meanwhile; asking for each would take hours. */
const SHARE_LOOKED_AT_AGAIN = 0.005;
const ALWAYS_LOOKED_AT_AGAIN = 200;
const AT_A_TIME = 8;
/** The kinds of findings about a Cognito user. */
const ALL = ['missing', 'stale', 'conflict'] as const;

/**
 * Looks at every user that differs once more, on both sides, and, where it still does, again after a
 * pause: a listing is minutes old, and a live event may be on its way.
 *
 * @returns how many differ that were not looked at again, because they are too many.
 */
export async function lookAtUsersAgain(dependencies: LookAgain): Promise<number> {
  const { ledger, settleMs, stop, onNotice } = dependencies;
  const { findings } = ledger;
  if (findings.size() === 0) return 0;
  if (findings.size() > limitOf(ledger)) {
    const count = findings.size();
    onNotice?.(
      `${count} users differ: too many to look at each again, some may have changed since`,
    );
    return count;
  }
  await lookAtEach(dependencies);
  if (findings.size() > 0 && settleMs > 0) {
    onNotice?.(`${findings.size()} users differ: looking again in ${settleMs / 1000} s`);
    await delay(settleMs, undefined, { signal: stop });
    await lookAtEach(dependencies);
  }
  return 0;
}

function limitOf(ledger: Ledger): number {
  return Math.max(ALWAYS_LOOKED_AT_AGAIN, SHARE_LOOKED_AT_AGAIN * ledger.checked());
}

async function lookAtEach(dependencies: LookAgain): Promise<void> {
  const { ledger, stop } = dependencies;
  for (const users of ledger.findings.pages(ALL)) {
    await eachOf(users, stop, (user) => lookAt(user, dependencies));
  }
}

async function lookAt(user: ObservedUser, dependencies: LookAgain): Promise<void> {
  const { ledger, reread, rules, isLive, abort } = dependencies;
  const now = await reread(user);
  if (!now) return ledger.forget(user.sub);
  const seen = await see(now, dependencies).catch((error: unknown) => {
    // What was seen the first time stands.
    if (error instanceof RetryableError && !abort.aborted) return undefined;
    throw error;
  });
  if (!seen) return;
  for (const found of Object.values(seen)) if (found) ledger.index.put(found);
  ledger.replace(now, compareUser(now, seen, rules, isLive));
}

/** The email is asked for only where the rules would look at who has it. */
async function see(user: ObservedUser, { directory, abort }: LookAgain): Promise<Seen> {
  const { sub, email } = user;
  const byExternalId = await directory.findByExternalId(sub, abort);
  if (email === undefined) return { byExternalId };
  if (byExternalId?.email.toLowerCase() === email.toLowerCase()) {
    return { byExternalId, byEmail: byExternalId };
  }
  return { byExternalId, byEmail: await directory.findByEmail(email, abort) };
}

/**
 * Looks at every stray once more: the person may have come to Cognito while it was listed, or be gone
 * from WorkOS.
 *
 * @returns how many were not looked at again, because they are too many.
 */
export async function lookAtStraysAgain(dependencies: LookAgain): Promise<number> {
  const { ledger, stop, onNotice } = dependencies;
  const { strays } = ledger;
  const count = strays.size();
  if (count > limitOf(ledger)) {
    onNotice?.(`${count} WorkOS users are not in Cognito: too many to look for each again`);
    return count;
  }
  await eachOf(strays.all(), stop, async ({ id, externalId }) => {
    if (!(await isStillStray(id, externalId, dependencies))) strays.remove(id);
  });
  return 0;
}

async function isStillStray(
  id: string,
  externalId: string | undefined,
  { source, directory, ledger, abort, onNotice }: LookAgain,
): Promise<boolean> {
  try {
    const now = await directory.get(id, abort);
    if (!now) return false;
    if (now.externalId !== externalId) {
      return now.externalId === undefined || !ledger.strays.isInCognito(now.externalId);
    }
    return externalId === undefined || (await source.exists(externalId, abort)) !== true;
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
