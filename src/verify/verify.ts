import { setImmediate } from 'node:timers/promises';
import { listIntoIndex } from '../bulk/list-into-index.ts';
import { createRateLimitedUsers, type RateLimitedUsers } from '../bulk/rate-limited-users.ts';
import type { RequestScheduler } from '../bulk/request-scheduler.ts';
import { createSourceProfiles } from '../bulk/source-profiles.ts';
import { createReread, type Reread } from '../cognito/reread.ts';
import type { SourcePage, UserSource } from '../cognito/user-source.ts';
import type { MirrorConfig } from '../config/mirror.ts';
import type { BulkLedger } from '../ledger/bulk-ledger.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import { configToRules } from '../mirror/mirror.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { Profiles } from '../user/profiles.ts';
import type { ListableWorkosUsers } from '../workos/users.ts';
import type { Acceptance } from './accepted.ts';
import { compareUser, isFinding, type Verdict } from './compare-user.ts';
import type { Comparison } from './comparison.ts';
import { findErased } from './find-erased.ts';
import { findOrphans } from './find-orphans.ts';
import { fix } from './fix.ts';
import { lookAtUsersAgain, recheckOrphans } from './recheck.ts';

export type VerifyProgress =
  | { phase: 'listing'; workosUsers: number; cognitoUsers: number }
  | { phase: 'comparing'; users: number; differing: number }
  | { phase: 'fixing'; users: number; of: number };

export type VerifyDependencies = {
  userPoolId: string;
  source: UserSource;
  workosUsers: ListableWorkosUsers;
  comparison: Comparison;
  ledger: BulkLedger;
  scheduler: RequestScheduler;
  config: MirrorConfig;
  /** Whether missing and stale users are mirrored. Default: only look. */
  fix?: boolean;
  /** Findings that the owner has decided to live with. */
  accept?: readonly Acceptance[];
  /** How long a change may take from Cognito to WorkOS, in milliseconds. */
  settleMs: number;
  stop: AbortSignal;
  abort: AbortSignal;
  /** A new look begins; then every Cognito user of it, once, as it is compared. */
  onLook?: () => void;
  onUser?: (user: ObservedUser, verdict: Verdict) => void;
  onProgress?: (progress: VerifyProgress) => void;
  onNotice?: (notice: string) => void;
};

export type Verification = {
  /** False when it was stopped: then nothing is known for certain. */
  complete: boolean;
  /** No finding of any kind, of all users on both sides. */
  inSync: boolean;
  /** Users written by the fix. */
  fixed: number;
  /** Findings that are as old as the listing, because they are too many to look at each again. */
  notLookedAtAgain: number;
};

/** Of two who swap their addresses' places, say, the second can only move after the first. */
const MAXIMUM_ROUNDS = 3;

/**
 * Compares every user of the pool with every user of WorkOS, by the mirror's rules: what it calls in sync
 * is what the mirror would leave alone. What it finds is in the comparison.
 *
 * With `fix`, missing and stale users go through the mirror, and then all is looked at anew.
 *
 * @throws SourceError, RetryableError or WorkosUnavailableError when it cannot go on.
 */
export async function verify(dependencies: VerifyDependencies): Promise<Verification> {
  const { comparison, source, scheduler, config, abort, onNotice } = dependencies;
  const isListed = { current: false };
  const context: Context = {
    ...dependencies,
    isListed,
    workosUsers: createRateLimitedUsers(dependencies.workosUsers, scheduler),
    rules: configToRules(config),
    isLive: source.asOf === 'now',
    holders: createSourceProfiles({
      source,
      listed: comparison.profiles,
      isListed: () => isListed.current,
    }),
    reread: createReread({
      source,
      abort,
      onFailure: (why) => onNotice?.(`Users who differ are not read again from Cognito: ${why}`),
    }),
  };
  let look = await lookAtAll(context);
  let fixed = 0;
  if (dependencies.fix && look.complete && comparison.findings.fixable() > 0) {
    const result = await fixInRounds(context);
    fixed = result.written;
    look = result.complete ? await lookAtAll(context) : { ...look, complete: false };
  }
  const differing =
    comparison.findings.size() + comparison.orphans.size() + comparison.problemCount();
  return { ...look, fixed, inSync: look.complete && differing === 0 };
}

type Context = Omit<VerifyDependencies, 'workosUsers'> & {
  workosUsers: RateLimitedUsers;
  rules: MirrorRules;
  isLive: boolean;
  holders: Profiles;
  reread: Reread;
  isListed: { current: boolean };
};
type Look = Pick<Verification, 'complete' | 'notLookedAtAgain'>;

/** Until nothing more can be written; each round decides on what the one before has left. */
async function fixInRounds(context: Context): Promise<{ complete: boolean; written: number }> {
  const { comparison, holders, rules, isLive, stop, onProgress } = context;
  let written = 0;
  for (let round = 1; round <= MAXIMUM_ROUNDS; round++) {
    const of = comparison.findings.fixable();
    let users = 0;
    const result = await fix({
      ...context,
      profiles: holders,
      onFixed: () => onProgress?.({ phase: 'fixing', users: ++users, of }),
    }).catch((error: unknown) => {
      if (!stop.aborted) throw error;
      return { complete: false, written: 0 };
    });
    written += result.written;
    if (!result.complete) return { complete: false, written };
    if (result.written === 0) break;
    for (const page of comparison.findings.pages()) {
      for (const { sub } of page) {
        const user = comparison.profiles.get(sub);
        if (user) comparison.replace(user, compareUser(user, comparison, rules, isLive));
      }
    }
    if (comparison.findings.fixable() === 0) break;
  }
  return { complete: true, written };
}

/** Both sides, from the beginning. */
async function lookAtAll(context: Context): Promise<Look> {
  const { comparison, userPoolId, isLive, stop, isListed } = context;
  comparison.clear();
  isListed.current = false;
  context.onLook?.();
  try {
    const newest = await listBothSides(context);
    isListed.current = true;
    await compareAll(context);
    let notLookedAtAgain = await lookAtUsersAgain(context);
    await findErased(context);
    findOrphans(comparison, userPoolId, context.rules, isLive ? undefined : newest);
    notLookedAtAgain += await recheckOrphans(context);
    comparison.accepted.apply(context.accept ?? []);
    return { complete: true, notLookedAtAgain };
  } catch (error) {
    if (!stop.aborted) throw error;
    return { complete: false, notLookedAtAgain: 0 };
  }
}

/**
 * At the same time: the longer one is all there is to wait for. The first page of the pool comes first,
 * so that a wrong pool ends the run before WorkOS is asked.
 *
 * @returns the latest moment that an observation is of.
 */
async function listBothSides(context: Context): Promise<string> {
  const { comparison, source, workosUsers, onProgress } = context;
  const trouble = new AbortController();
  const stop = AbortSignal.any([context.stop, trouble.signal]);
  const abort = AbortSignal.any([context.abort, trouble.signal]);
  const progress = { phase: 'listing' as const, workosUsers: 0, cognitoUsers: 0 };
  let newest = '';

  function keep(page: SourcePage): void {
    comparison.together(() => {
      for (const problem of page.problems) comparison.addProblem(problem);
      for (const user of page.users) {
        comparison.profiles.put(user);
        if (user.observedAt > newest) newest = user.observedAt;
      }
    });
    progress.cognitoUsers += page.users.length;
    onProgress?.({ ...progress });
  }

  async function listCognito(pages: AsyncIterator<SourcePage>): Promise<void> {
    for (let next = await pages.next(); !next.done; next = await pages.next()) {
      stop.throwIfAborted();
      keep(next.value);
    }
  }

  const pages = source.pages({ signal: stop })[Symbol.asyncIterator]();
  const first = await pages.next();
  if (!first.done) keep(first.value);
  const listWorkos = listIntoIndex({
    workosUsers,
    index: comparison.index,
    together: comparison.together,
    stop,
    abort,
    onPage(workosUsers) {
      progress.workosUsers = workosUsers;
      onProgress?.({ ...progress });
    },
  });
  const both = [listWorkos, listCognito(pages)].map((listing) =>
    listing.catch((error: unknown) => {
      trouble.abort(error);
      throw error;
    }),
  );
  const results = await Promise.allSettled(both);
  context.stop.throwIfAborted();
  if (trouble.signal.aborted) throw trouble.signal.reason;
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return newest;
}

async function compareAll(context: Context): Promise<void> {
  const { comparison, rules, isLive, stop, onUser, onProgress } = context;
  let users = 0;
  let differing = 0;
  for (const page of comparison.profiles.pages()) {
    stop.throwIfAborted();
    comparison.together(() => {
      for (const user of page) {
        const verdict = compareUser(user, comparison, rules, isLive);
        comparison.add(user, verdict);
        users++;
        if (isFinding(verdict)) differing++;
        onUser?.(user, verdict);
      }
    });
    onProgress?.({ phase: 'comparing', users, differing });
    // So that a signal is heard.
    await setImmediate();
  }
}
