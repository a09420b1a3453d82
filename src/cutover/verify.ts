import type { ObservedUser } from '../cognito/observed-user.ts';
import type { UserSource } from '../cognito/user-source.ts';
import type { MirrorConfig } from '../config.ts';
import { configToRules } from '../mirror/mirror.ts';
import { listIntoIndex } from '../seed/list-into-index.ts';
import type { Pace } from '../seed/pace.ts';
import { createPacedDirectory } from '../seed/paced-directory.ts';
import { createReread } from '../seed/reread.ts';
import type { ListableDirectory } from '../workos/user-directory.ts';
import { compareUser, isFinding, type Verdict } from './compare-user.ts';
import { findStrays } from './find-strays.ts';
import type { Ledger } from './ledger.ts';
import { lookAtStraysAgain, lookAtUsersAgain } from './look-again.ts';
import { mend } from './mend.ts';

export type VerifyProgress =
  | { phase: 'listing'; workosUsers: number }
  | { phase: 'comparing'; users: number; differing: number }
  | { phase: 'fixing'; users: number; of: number };

export type VerifyDependencies = {
  userPoolId: string;
  source: UserSource;
  /** Whether the source shows the users as they are now, and not as they were exported. */
  isLive: boolean;
  directory: ListableDirectory;
  ledger: Ledger;
  pace: Pace;
  config: MirrorConfig;
  /** Default none: only look. `stateFile`: where each round (from 1) notes what it does, not there yet. */
  fix?: { stateFile: (round: number) => string };
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
 * is what the mirror would leave alone. What it finds is in the ledger.
 *
 * With `fix`, missing and stale users go through the mirror, and then all is looked at anew.
 *
 * @throws SourceError, RetryableError or PaceError when it cannot go on.
 */
export async function verify(dependencies: VerifyDependencies): Promise<Verification> {
  const { ledger, fix, source, stop, abort, onNotice, onProgress } = dependencies;
  const { findings, strays } = ledger;
  const reread = createReread({
    source,
    abort,
    onFailure: (why) => onNotice?.(`Users who differ are not read again from Cognito: ${why}`),
  });
  const context = { ...dependencies, reread };
  let look = await lookAtAll(context);
  let fixed = 0;
  for (let round = 1; fix && round <= MAXIMUM_ROUNDS; round++) {
    const of = findings.mendable();
    if (!look.complete || of === 0) break;
    let users = 0;
    const mended = await mend({
      ...context,
      stateFile: fix.stateFile(round),
      onMended: () => onProgress?.({ phase: 'fixing', users: ++users, of }),
    }).catch((error: unknown) => {
      if (!stop.aborted) throw error;
      return { complete: false, written: 0 };
    });
    fixed += mended.written;
    look = mended.complete ? await lookAtAll(context) : { ...look, complete: false };
    if (mended.written === 0) break;
  }
  const isClean = findings.size() + strays.size() + ledger.problemCount() === 0;
  return { ...look, fixed, inSync: look.complete && isClean };
}

type Context = VerifyDependencies & { reread: ReturnType<typeof createReread> };
type Look = Pick<Verification, 'complete' | 'notLookedAtAgain'>;

/** Both sides, from the beginning. */
async function lookAtAll(context: Context): Promise<Look> {
  const { ledger, pace, userPoolId, isLive, config, stop, abort } = context;
  const directory = createPacedDirectory(context.directory, pace);
  ledger.clear();
  context.onLook?.();
  try {
    await tryFirstPage(context);
    await listIntoIndex({
      directory,
      index: ledger.index,
      together: ledger.together,
      stop,
      abort,
      onPage: (workosUsers) => context.onProgress?.({ phase: 'listing', workosUsers }),
    });
    const newest = await compareAll(context);
    const again = { ...context, directory, rules: configToRules(config) };
    let notLookedAtAgain = await lookAtUsersAgain(again);
    findStrays(ledger, userPoolId, isLive ? undefined : newest);
    notLookedAtAgain += await lookAtStraysAgain(again);
    return { complete: true, notLookedAtAgain };
  } catch (error) {
    if (!stop.aborted) throw error;
    return { complete: false, notLookedAtAgain: 0 };
  }
}

/** So that a wrong pool ends the run before WorkOS is listed. The page is read again when its turn comes. */
async function tryFirstPage({ source, stop }: Context): Promise<void> {
  for await (const _ of source.pages({ signal: stop })) return;
}

/** @returns the latest moment that an observation is of. */
async function compareAll(context: Context): Promise<string> {
  const { ledger, source, config, isLive, stop, onUser, onProgress } = context;
  const rules = configToRules(config);
  let newest = '';
  let users = 0;
  let differing = 0;
  for await (const page of source.pages({ signal: stop })) {
    stop.throwIfAborted();
    ledger.together(() => {
      for (const problem of page.problems) ledger.addProblem(problem);
      for (const user of page.users) {
        const { index } = ledger;
        const byEmail = user.email === undefined ? undefined : index.byEmail(user.email);
        const seen = { byExternalId: index.byExternalId(user.sub), byEmail };
        const verdict = compareUser(user, seen, rules, isLive);
        // A listing that had to begin anew shows users again.
        if (!ledger.add(user, verdict)) continue;
        users++;
        if (isFinding(verdict)) differing++;
        if (user.observedAt > newest) newest = user.observedAt;
        onUser?.(user, verdict);
      }
    });
    onProgress?.({ phase: 'comparing', users, differing });
  }
  stop.throwIfAborted();
  return newest;
}
