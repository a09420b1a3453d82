import { setTimeout as delay } from 'node:timers/promises';
import type { RequestPace } from '../cognito/pool-requests.ts';

/** A little below the bound, because requests do not all take the same time to arrive. */
const MARGIN = 0.95;
/** However often Cognito refuses, so much of the rate remains. */
const SLOWEST = 1 / 16;
/** Each answer gives back so much of the rate: from half of it, it takes a hundred. */
const RECOVERY = 1 / 200;
/** Requests under way when the rate was halved are refused, too: that is the same refusal. */
const SAME_REFUSAL_MS = 1_000;

/**
 * Spaces requests evenly, so that no second has more of them than `perSecond`. Where Cognito refuses one, the
 * quota is needed by others, the application first of all: the rate is halved, and recovers slowly.
 *
 * @param time in milliseconds, and the wait for it; for tests.
 */
export function createListUsersPace(
  perSecond: number,
  time: {
    now: () => number;
    wait: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
  } = {
    now: () => performance.now(),
    wait: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}),
  },
): RequestPace {
  const fastest = perSecond * MARGIN;
  let rate = fastest;
  let next = Number.NEGATIVE_INFINITY;
  let refusedAt = Number.NEGATIVE_INFINITY;
  return {
    async turn(signal) {
      signal?.throwIfAborted();
      const now = time.now();
      const turn = Math.max(now, next);
      next = turn + 1_000 / rate;
      // Timers fire up to a millisecond early.
      if (turn > now) await time.wait(Math.ceil(turn - now) + 1, signal);
    },
    answered() {
      rate = Math.min(fastest, rate + fastest * RECOVERY);
    },
    refused() {
      const now = time.now();
      if (now - refusedAt < SAME_REFUSAL_MS) return;
      refusedAt = now;
      rate = Math.max(fastest * SLOWEST, rate / 2);
    },
  };
}
