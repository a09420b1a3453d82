import { setTimeout as delay } from 'node:timers/promises';
import PQueue from 'p-queue';
import { OVERLAP_MS } from './due-users.ts';
import type { EndedRound, PatrolRound, PatrolState, RoundKind } from './patrol-state.ts';
import type { AfterRound, PatrolStore, Rounds } from './patrol-store.ts';
import type { QueueRoom } from './queue-room.ts';
import { type RoundDependencies, runRound } from './round.ts';

/** How often the worker renews its hold of the patrol, and sees what has been requested. */
const HEARTBEAT_MS = 5_000;
/** When the queue has been full for so long, the invocation ends. */
const FULL_QUEUE_MS = 60_000;
/** What the state machine then waits; in the meantime another invocation may take over. */
const FULL_QUEUE_WAIT_SECONDS = 300;

const KINDS: readonly RoundKind[] = ['sweep', 'full'];

/**
 * What came of a worker's time: `finished`, nothing is outstanding; `unfinished`, it has to go on, after
 * `waitSeconds`; `taken_over`, another worker holds the patrol.
 */
export type WorkResult = { ended: EndedRound[] } & (
  | { kind: 'finished' }
  | { kind: 'taken_over' }
  | { kind: 'unfinished'; waitSeconds?: number }
);

export type WorkerDependencies = RoundDependencies & {
  store: PatrolStore;
  room: Pick<QueueRoom, 'fullSince'>;
  /** Cognito's time. */
  clock: () => Date;
  /** Called about every heartbeat, so that metrics are published while a long round is under way. */
  onHeartbeat: () => void;
  heartbeatMs?: number;
  /** Milliseconds, of the room's clock. */
  now: () => number;
};

/** Another worker has taken over: this one must not write any more. */
class TakenOverError extends Error {
  override name = 'TakenOverError';
}

/**
 * Does whatever rounds are requested or under way, the sweep and the full one side by side, until none is left,
 * `signal` aborts, or the queue stays full.
 *
 * @param holder under which the patrol is held; `first` the state then.
 */
export async function work(
  dependencies: WorkerDependencies,
  { holder, first, signal }: { holder: string; first: PatrolState; signal: AbortSignal },
): Promise<WorkResult> {
  const { store, room, counters, log, clock, now } = dependencies;
  const { heartbeatMs = HEARTBEAT_MS, onHeartbeat } = dependencies;
  const rounds: Rounds = {};
  const running = new Map<RoundKind, { stop: AbortController; done: Promise<void> }>();
  const ended: EndedRound[] = [];
  const abort = new AbortController();
  // One at a time, so that no older state is written after a newer one.
  const writes = new PQueue({ concurrency: 1 });
  let state = first;
  let failure: unknown;
  let lastPageAt = now();

  function write(change: () => Promise<PatrolState | undefined>): Promise<void> {
    return writes.add(async () => {
      const after = await change();
      if (!after) throw new TakenOverError('another worker holds the patrol');
      state = after;
      const { full } = rounds;
      if (full && state.stopRequested === full.round) running.get('full')?.stop.abort();
    });
  }
  const save = () => write(() => store.save(holder, rounds));

  async function runToEnd(kind: RoundKind, round: PatrolRound, stop: AbortSignal): Promise<void> {
    const started = { ...round, ...(kind === 'sweep' && toSince(state, round)) };
    rounds[kind] = started;
    log.info('a round goes on', { kind, round: round.round, pages: round.pages });
    let last: PatrolRound = started;
    let end: EndedRound['end'] = 'finished';
    try {
      last = await runRound(dependencies, {
        kind,
        round: started,
        known: new Set(state.recent),
        signal: AbortSignal.any([signal, abort.signal, stop]),
        async onPage(next, published) {
          rounds[kind] = next;
          lastPageAt = now();
          if (published > 0) await save();
        },
      });
    } catch (error) {
      if (!stop.aborted || signal.aborted || abort.signal.aborted) throw error;
      last = rounds[kind] ?? started;
      end = 'stopped';
    }
    const summary = toEnded(kind, last, end, clock());
    const after = toAfter(state, last, summary);
    await write(() => {
      delete rounds[kind];
      return store.end(holder, summary, after);
    });
    ended.push(summary);
    if (end === 'finished') {
      counters.count('PatrolRoundEnded');
      counters.count('PatrolPasswordUsers', last.passwordUsers);
    }
    log.info('a round has ended', summary);
  }

  function begin(kind: RoundKind, round: PatrolRound): void {
    const stop = new AbortController();
    const done = runToEnd(kind, round, stop.signal)
      .catch((error: unknown) => {
        failure ??= error;
        abort.abort();
      })
      .finally(() => running.delete(kind));
    running.set(kind, { stop, done });
    if (kind === 'full' && state.stopRequested === round.round) stop.abort();
  }

  /** @returns whether nothing is left, and the patrol is let go of. */
  async function adopt(): Promise<boolean> {
    if (state.again && !state.sweep) await write(() => store.beginAgain(holder, clock()));
    for (const kind of KINDS) {
      const round = state[kind];
      if (round && !running.has(kind)) begin(kind, round);
    }
    return running.size === 0 && (await store.release(holder));
  }

  function isQueueStuck(): boolean {
    const since = room.fullSince();
    return since !== undefined && now() - Math.max(since, lastPageAt) > FULL_QUEUE_MS;
  }

  const timeIsUp = aborted(signal);
  try {
    for (;;) {
      if (await adopt()) return { kind: 'finished', ended };
      const beat = delay(heartbeatMs, undefined, { signal: abort.signal }).catch(() => {});
      await Promise.race([beat, timeIsUp, ...[...running.values()].map(({ done }) => done)]);
      if (signal.aborted || failure !== undefined) break;
      await save();
      onHeartbeat();
      if (isQueueStuck()) {
        return { kind: 'unfinished', waitSeconds: FULL_QUEUE_WAIT_SECONDS, ended };
      }
    }
    if (failure !== undefined && !signal.aborted) throw failure;
    abort.abort();
    await settle();
    await save();
    return { kind: 'unfinished', ended };
  } catch (error) {
    if (error instanceof TakenOverError) return { kind: 'taken_over', ended };
    throw error;
  } finally {
    abort.abort();
    await settle();
  }

  async function settle(): Promise<void> {
    await Promise.all([...running.values()].map(({ done }) => done));
  }
}

/** Everybody who was changed since the last finished round began; while the first is under way, since that one. */
function toSince({ finishedBegunAt, full }: PatrolState, round: PatrolRound): { since?: string } {
  const before = finishedBegunAt ?? full?.begunAt;
  if (round.since !== undefined || before === undefined) return {};
  return { since: new Date(Date.parse(before) - OVERLAP_MS).toISOString() };
}

function toEnded(
  kind: RoundKind,
  { round, begunAt, pages, listed, published, problems }: PatrolRound,
  end: EndedRound['end'],
  endedAt: Date,
): EndedRound {
  return {
    kind,
    round,
    ...(begunAt !== undefined && { begunAt }),
    endedAt: endedAt.toISOString(),
    end,
    pages,
    listed,
    published,
    problems,
  };
}

/**
 * Where the next sweep begins: at the latest begin of a finished round. A first round that was stopped counts
 * too, so that it is not begun again by itself.
 */
function toAfter(
  { finishedBegunAt }: PatrolState,
  { recent }: PatrolRound,
  { begunAt, endedAt, end }: EndedRound,
): AfterRound {
  if (end === 'stopped') {
    return finishedBegunAt === undefined ? { finishedBegunAt: begunAt ?? endedAt } : {};
  }
  if (begunAt === undefined) return {};
  const isLatest = finishedBegunAt === undefined || finishedBegunAt <= begunAt;
  return isLatest ? { finishedBegunAt: begunAt, recent } : {};
}

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
