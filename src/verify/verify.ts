import { createBulkMirror } from '../bulk/bulk-mirror.ts';
import { createRateLimitedUsers } from '../bulk/rate-limited-users.ts';
import type { RequestScheduler } from '../bulk/request-scheduler.ts';
import { countTakeOvers } from '../bulk/take-overs.ts';
import type { UserSource } from '../cognito/user-source.ts';
import type { MirrorConfig } from '../config/mirror.ts';
import type { BulkLedger } from '../ledger/bulk-ledger.ts';
import { configToRules } from '../mirror/mirror.ts';
import type { ListableWorkosUsers } from '../workos/users.ts';
import type { Acceptance } from './accepted.ts';
import type { Comparison } from './comparison.ts';
import type { VerifyContext } from './context.ts';
import { type DeletionProgress, deleteExtra } from './delete-extra.ts';
import { type FixProgress, fix } from './fix.ts';
import { type ComparingProgress, type Judging, judge } from './judge.ts';
import { type ListingProgress, listBothSides } from './list-both-sides.ts';

export type VerifyProgress = ListingProgress | ComparingProgress | FixProgress | DeletionProgress;

/** `users` that the fix would write; of these, the WorkOS users that it would take over. */
type FixCounts = { users: number; takeOvers: number };

type VerifyDependencies = {
  userPoolId: string;
  source: UserSource;
  workosUsers: ListableWorkosUsers;
  /** New: nothing has been noted in it. */
  comparison: Comparison;
  ledger: BulkLedger;
  scheduler: RequestScheduler;
  config: MirrorConfig;
  /** Whether missing and stale users are mirrored. Default: only compare. */
  fix?: boolean;
  /** Asked before the first write of a fix. Default: yes. @throws what ends the run with nothing written. */
  confirmFix?: (counts: FixCounts) => Promise<void>;
  /** Whether extra users are deleted in WorkOS, after the fix. Only for a live pool. Default: they are kept. */
  deleteExtra?: boolean;
  /** Asked before the first deletion; the extra users are in the comparison. @throws likewise. */
  confirmDeletions?: (comparison: Comparison) => Promise<void>;
  /** Findings that the owner has decided to live with. */
  accept?: readonly Acceptance[];
  /** How long a change may take from Cognito to WorkOS, in milliseconds. */
  settleMs: number;
  stop: AbortSignal;
  abort: AbortSignal;
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
  /** Findings that are as old as the listing, because they are too many to recheck each. */
  notLookedAtAgain: number;
};

/**
 * Compares every user of the pool with every user of WorkOS, by the mirror's rules: what it calls in sync
 * is what the mirror would leave alone. What it finds is in the comparison. Each side is listed once.
 *
 * With `fix`, missing and stale users go through the mirror. Then all users are judged again from the
 * listing as the writes have changed it, and what differs, what was written and every orphan is read again. With
 * `deleteExtra`, what is extra then is deleted in WorkOS, as far as the guard of deletions allows it.
 *
 * @throws SourceError, RetryableError or WorkosUnavailableError when it cannot go on.
 */
export async function verify(dependencies: VerifyDependencies): Promise<Verification> {
  const { comparison, stop } = dependencies;
  const result = { complete: false, fixed: 0, notLookedAtAgain: 0 };
  try {
    await listJudgeAndFix(dependencies, result);
  } catch (error) {
    if (!stop.aborted) throw error;
    result.complete = false;
  }
  const differing =
    comparison.findings.size() + comparison.orphans.size() + comparison.problemCount();
  return { ...result, inSync: result.complete && differing === 0 };
}

async function listJudgeAndFix(
  dependencies: VerifyDependencies,
  result: Omit<Verification, 'inSync'>,
): Promise<void> {
  const { comparison, accept = [], scheduler, onProgress } = dependencies;
  const listed = { isComplete: false };
  const context = createContext(dependencies, () => listed.isComplete);
  const newest = await listBothSides(context, onProgress);
  listed.isComplete = true;
  const judging: Judging = { newest, accept, onProgress };
  result.notLookedAtAgain = await judge(context, judging);
  if (dependencies.fix && comparison.findings.fixable() > 0) {
    await dependencies.confirmFix?.(toFixCounts(dependencies));
    const { written, complete } = await fix({ context, scheduler, onProgress });
    result.fixed = written;
    if (!complete) return;
    result.notLookedAtAgain = await judge(context, judging);
  }
  if (dependencies.deleteExtra && comparison.orphans.extraCount() > 0) {
    await dependencies.confirmDeletions?.(comparison);
    await deleteExtra({ context, onProgress });
  }
  result.complete = true;
}

function toFixCounts({ comparison, config }: VerifyDependencies): FixCounts {
  const { findings, index } = comparison;
  const takeOvers = countTakeOvers(findings.fixablePages(), index, configToRules(config));
  return { users: findings.fixable(), takeOvers };
}

function createContext(dependencies: VerifyDependencies, isListed: () => boolean): VerifyContext {
  const { comparison, source, scheduler, config } = dependencies;
  const workosUsers = createRateLimitedUsers(dependencies.workosUsers, scheduler);
  const { index, profiles } = comparison;
  return {
    ...dependencies,
    workosUsers,
    rules: configToRules(config),
    isLive: source.asOf === 'now',
    bulkMirror: createBulkMirror({ ...dependencies, workosUsers, index, profiles, isListed }),
  };
}
