import { OperatorError } from '../operator-error.ts';
import { PatrolAwsError } from '../patrol/aws-call.ts';
import type { PatrolState } from '../patrol/patrol-state.ts';
import { isHeld } from './begin-round.ts';
import type { Executions } from './executions.ts';
import type { BegunRound, LookAtRound, RoundLook, RoundView, WatchedRound } from './types.ts';

/** The round cannot be watched, or does not go on; the message says what to do. */
export class WatchRoundError extends OperatorError {
  override name = 'WatchRoundError';
}

/** In milliseconds: a small pool is done in seconds, a large one takes hours. */
const INTERVAL = { first: 500, longest: 5_000, growth: 1.2 };
/** Without a worker for so long after the last one's hold has ended, in milliseconds, it is said. */
const SILENCE_MS = 30_000;
/** So long AWS may be out of reach: a laptop that wakes up has no network for a while. */
const TROUBLE_MS = 600_000;
/** So many looks in a row see an empty queue: SQS counts about, and some seconds late. */
const EMPTY_LOOKS = 2;

type WatchDependencies = {
  look: LookAtRound;
  executions: Executions;
  /** AWS's time. */
  clock: () => Date;
  /** Ends the watching, not the round. */
  stop: AbortSignal;
  onView: (view: RoundView) => void;
  /** Something to know that changes nothing. */
  onNotice: (text: string) => void;
  /** Resolves after so many milliseconds, or when `stop` aborts. */
  wait: (ms: number) => Promise<void>;
  /** Whether the round's messages are waited for, too. */
  drains: boolean;
};

/**
 * Watches a full round until it has ended and, with `drains`, the queue is empty; or until `stop` aborts.
 *
 * @throws WatchRoundError where the execution that was started has failed and no other worker is at the round, or
 *   AWS does not answer for ten minutes; PatrolAwsError, PatrolStateError. The round itself goes on in AWS.
 */
export async function watchRound(
  dependencies: WatchDependencies,
  begun: BegunRound,
): Promise<WatchedRound> {
  const { stop, onView, wait, drains, clock } = dependencies;
  const lookPatiently = createPatientLook(dependencies);
  const checkWorker = createWorkerCheck(dependencies, begun);
  let round = begun.round;
  let seen = toWatched(begun.before, round, begun);
  let emptyLooks = 0;
  let interval = INTERVAL.first;
  while (!stop.aborted) {
    const look = await lookPatiently();
    if (look) {
      round ??= findRound(look.state, begun);
      const phase = seen.end;
      seen = toWatched(look, round, begun);
      if (phase !== seen.end) interval = INTERVAL.first;
      onView(toView(seen, { ...begun, isHeld: isHeld(look.state, clock()) }));
      if (seen.end === 'running') await checkWorker(look, round);
      if (seen.end !== 'running' && !drains) return seen;
      emptyLooks = seen.end === 'running' || look.waiting > 0 ? 0 : emptyLooks + 1;
      if (emptyLooks === EMPTY_LOOKS) return seen;
    }
    await wait(interval);
    interval = Math.min(INTERVAL.longest, interval * INTERVAL.growth);
  }
  return { ...seen, end: 'running' };
}

/** The request is in the table as soon as the patrol has taken it, and a small round may have ended since. */
function findRound({ full, lastFull }: PatrolState, { before }: BegunRound): string | undefined {
  if (full) return full.round;
  return lastFull?.round === before.state.lastFull?.round ? undefined : lastFull?.round;
}

function toWatched(
  { state, waiting, deadLetters }: RoundLook,
  round: string | undefined,
  { before }: BegunRound,
): WatchedRound {
  const { full, lastFull } = state;
  const common = {
    round,
    waiting,
    deadLetters: { before: before.deadLetters, after: deadLetters },
  };
  if (round === undefined) {
    const nothing = { listed: 0, published: 0, problems: 0 };
    return { ...common, ...nothing, end: 'running', begunAt: undefined, endedAt: undefined };
  }
  if (full?.round === round) {
    const { begunAt, listed, published, problems } = full;
    return { ...common, end: 'running', begunAt, endedAt: undefined, listed, published, problems };
  }
  if (lastFull?.round === round) {
    const { end, begunAt, endedAt, listed, published, problems } = lastFull;
    return { ...common, end, begunAt, endedAt, listed, published, problems };
  }
  throw new WatchRoundError(
    'another full round has ended since, and the table has the last one alone: run the same command again to start a round',
  );
}

/** A round has begun when its first page is published, and a worker is at it before that. */
function toView(
  { end, begunAt, listed, published, problems, waiting, deadLetters }: WatchedRound,
  { before, isHeld }: Pick<BegunRound, 'before'> & { isHeld: boolean },
): RoundView {
  const open = begunAt === undefined && !isHeld ? 'requested' : 'publishing';
  return {
    phase: end === 'running' ? open : 'draining',
    listed,
    published,
    problems,
    waiting,
    newDeadLetters: Math.max(0, deadLetters.after - before.deadLetters),
  };
}

/** Undefined where AWS could not be asked now. */
function createPatientLook({ look, onNotice }: WatchDependencies) {
  let goodAt = performance.now();
  let isTroubled = false;
  return async (): Promise<RoundLook | undefined> => {
    try {
      const seen = await look();
      goodAt = performance.now();
      isTroubled = false;
      return seen;
    } catch (error) {
      if (!(error instanceof PatrolAwsError && error.isTransient)) throw error;
      if (performance.now() - goodAt > TROUBLE_MS) throw error;
      if (!isTroubled) onNotice(`${error.message}: trying again. The round goes on in AWS.`);
      isTroubled = true;
      return undefined;
    }
  };
}

/** A worker that has died renews its hold no more; Step Functions invokes the next one. */
function createWorkerCheck({ executions, clock, onNotice }: WatchDependencies, begun: BegunRound) {
  let { execution } = begun;
  let silentSince: number | undefined;
  let isSaid = false;
  return async ({ state }: RoundLook, round: string | undefined): Promise<void> => {
    const now = clock().getTime();
    if (isHeld(state, clock())) {
      silentSince = undefined;
      isSaid = false;
      return;
    }
    silentSince ??= Math.min(now, state.until ?? now);
    execution = await checkExecution(executions, execution, round);
    if (isSaid || now - silentSince < SILENCE_MS) return;
    isSaid = true;
    onNotice(
      `No worker has been at the round since ${new Date(silentSince).toISOString()}: it has died, or the patrol waits for room in the queue or before its next try. Step Functions goes on by itself, at the latest after 15 minutes. To go on at once, end this display with Ctrl-C and run the same command again; the log of the function patrol says what went wrong.`,
    );
  };
}

/** @returns the execution that is still to be looked at. */
async function checkExecution(
  executions: Executions,
  execution: string | undefined,
  round: string | undefined,
): Promise<string | undefined> {
  if (execution === undefined) return undefined;
  const found = await executions.describe(execution);
  if (found.kind === 'failed') {
    throw new WatchRoundError(
      `the patrol has failed in AWS (${found.why}): the execution ${execution} and the log of the function patrol say more. Once that is fixed, run the same command again: the round goes on where it was`,
    );
  }
  if (found.kind === 'running') return execution;
  // It did the round, or has left it to the worker that holds the patrol.
  return round === undefined ? execution : undefined;
}
