import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { OperatorError } from '../operator-error.ts';
import type { EndedRound, PatrolState, RoundKind } from './patrol-state.ts';
import { LEASE_MS } from './patrol-store.ts';
import { type WorkerDependencies, type WorkResult, work } from './worker.ts';

/** A sweep that is requested so long after the one under way began is one of its own. */
const REQUESTED_AGAIN_MS = 900_000;
/** Between two looks at a worker that may be dead. */
const LOOK_AGAIN_MS = 500;

/**
 * `{}`: a round. `full`: one over everybody. `done`: what the patrol returned last, which asks for no round;
 * `handover`: under which the invocation before it held the patrol.
 */
const eventSchema = v.object({
  full: v.optional(v.boolean(), false),
  done: v.optional(v.boolean()),
  handover: v.optional(v.string()),
});

/** Neither `{}`, `{"full": true}` nor what the patrol returned last. */
export class PatrolEventError extends OperatorError {
  override name = 'PatrolEventError';
}

/**
 * The patrol's answer, and the next event of the same execution (serverless/patrol.yml).
 *
 * - `done`: nothing is left to do, or another worker does it.
 * - `waitSeconds`: to be waited before the next invocation.
 * - `ended`: the rounds that have ended in this invocation.
 */
export type PatrolAnswer = { ended: EndedRound[] } & (
  | { done: true; reason: 'nothing_left' | 'another_worker' }
  | { done: false; handover?: string; waitSeconds?: number }
);

/**
 * One invocation of the patrol (docs/design.md#patrol): requests what the event asks for, becomes the worker
 * unless another one is at work, and does whatever is outstanding until `signal` aborts.
 *
 * @param dependencies.wall this machine's time, in milliseconds since the epoch. `leaseMs`: the store's.
 * @returns rejects with PatrolEventError, SourceError, PatrolAwsError or PatrolStateError, of which every one
 *   says what to do; the rounds go on from where they are at the next invocation.
 */
export function createPatrol(
  dependencies: WorkerDependencies & { wall?: () => number; leaseMs?: number },
) {
  const { store, clock, log, wall = Date.now, leaseMs = LEASE_MS } = dependencies;

  return async (event: unknown, signal: AbortSignal): Promise<PatrolAnswer> => {
    const parsed = v.safeParse(eventSchema, event);
    if (!parsed.success) {
      const expected = '{}, {"full": true} or what the patrol returned last';
      throw new PatrolEventError(`the event of the patrol has to be ${expected}`);
    }
    const { full, done, handover } = parsed.output;
    if (done === undefined) await request(full);
    const holder = randomUUID();
    const first = await acquire(holder, handover, signal);
    if (first === 'no_time') return { done: false, ended: [] };
    if (first === 'another_worker') {
      log.info('another worker is at work: it does what is requested');
      return { done: true, reason: 'another_worker', ended: [] };
    }
    try {
      return toAnswer(await work(dependencies, { holder, first, signal }), holder);
    } catch (error) {
      // Otherwise the next invocation would wait until the lease ends.
      await store.leave(holder).catch(() => {});
      throw error;
    }
  };

  async function request(isFull: boolean): Promise<void> {
    const state = await store.read();
    const kind = isFull ? 'full' : toRequestedKind(state);
    if (kind === 'sweep' && isLongUnderWay(state, 'sweep')) return store.requestAgain();
    // Otherwise what was asked for would end as stopped, at once.
    if (isFull && state.full) await store.withdrawStop(state.full.round);
    await store.request(kind, clock());
  }

  /** The first round publishes everybody. One of a large pool takes hours: sweeps do not wait for its end. */
  function toRequestedKind(state: PatrolState): RoundKind {
    const isFirst = state.finishedBegunAt === undefined;
    return isFirst && !isLongUnderWay(state, 'full') ? 'full' : 'sweep';
  }

  function isLongUnderWay(state: PatrolState, kind: RoundKind): boolean {
    const begunAt = state[kind]?.begunAt;
    return begunAt !== undefined && clock().getTime() - Date.parse(begunAt) > REQUESTED_AGAIN_MS;
  }

  /** A worker that does not renew its hold is dead: waits for that, at most as long as a lease. */
  async function acquire(
    holder: string,
    handover: string | undefined,
    signal: AbortSignal,
  ): Promise<PatrolState | 'another_worker' | 'no_time'> {
    let seen = await store.read();
    const { holder: heldBy, until } = seen;
    const begunAt = wall();
    for (;;) {
      const isFree = seen.holder === undefined || seen.holder === handover;
      const isRenewed = seen.holder !== heldBy || seen.until !== until;
      // Whatever time the item names: another machine's clock may be wrong.
      const isOverdue = !isRenewed && wall() - begunAt > leaseMs;
      if (isFree || isOverdue || (seen.until ?? 0) < wall()) {
        const state = await store.acquire(holder, seen);
        if (state) return state;
      } else if (isRenewed) return 'another_worker';
      const wait = delay(LOOK_AGAIN_MS, 'waited', { signal }).catch(() => 'no_time' as const);
      if ((await wait) === 'no_time') return 'no_time';
      seen = await store.read();
    }
  }
}

function toAnswer(result: WorkResult, holder: string): PatrolAnswer {
  const { kind, ended } = result;
  switch (kind) {
    case 'finished':
      return { done: true, reason: 'nothing_left', ended };
    case 'taken_over':
      return { done: true, reason: 'another_worker', ended };
    case 'unfinished': {
      const { waitSeconds } = result;
      return { done: false, handover: holder, ended, ...(waitSeconds && { waitSeconds }) };
    }
  }
}
