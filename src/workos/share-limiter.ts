import { setTimeout as delay } from 'node:timers/promises';
import { TokenBucket } from 'limiter';
import PQueue from 'p-queue';

/** A little below the limit: timers are not exact, and a request that is answered 429 is sent again. */
const MARGIN = 0.985;
/**
 * How much unused time is made up for by faster starts: longer than a consumer takes from the last request
 * of one batch to the first of the next. If all consumers have paused for as long, WorkOS may refuse a few
 * requests in that window.
 */
const MADE_UP_MS = { requests: 800, writes: 300 };

const FIRST_PAUSE_MS = 100;
/** 429s within this time of each other lengthen the pause. */
const RELATED_REFUSALS_MS = 3_000;

/** WorkOS's limits a second: 6,000 requests a minute, 500 writes in ten seconds (docs/facts.md#workos-rate-limits). */
const LIMITS = { requests: 100, writes: 50 };

/** Decides when a request to WorkOS may start. */
export interface ShareLimiter {
  /** Resolves when the request may start. Rejects when `signal` aborts first. */
  acquire(kind: 'read' | 'write', signal?: AbortSignal): Promise<void>;
  /**
   * To be called when WorkOS has answered 429 and asks to wait for so many milliseconds: resolves then, or
   * when `signal` aborts. Other requests wait, too: 100 ms after a single 429, which inexact timers may have
   * caused, and twice as long after each further one, at most as long as WorkOS asks for.
   */
  pause(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/**
 * Keeps one consumer to its part of WorkOS's limits from the first request on, because the limits belong to
 * the customer's application too (docs/design.md#share).
 *
 * @param options.share the part of the limits that all consumers together may use; above 0, at most 1.
 * @param options.sharers how many consumers may run at a time.
 */
export function createShareLimiter(options: { share: number; sharers: number }): ShareLimiter {
  const part = (MARGIN * options.share) / options.sharers;
  const requests = createTokens(LIMITS.requests * part, MADE_UP_MS.requests);
  const writes = createTokens(LIMITS.writes * part, MADE_UP_MS.writes);
  const queues = [requests.queue, writes.queue];
  let pausedUntil = 0;
  let paused: NodeJS.Timeout | undefined;
  let lastRefusal = { at: Number.NEGATIVE_INFINITY, pauseMs: 0 };
  return {
    async acquire(kind, signal) {
      const options = signal ? { signal } : {};
      if (kind === 'write') await writes.take(options);
      // Writes first: they finish users that are in progress before reads begin others.
      await requests.take({ ...options, priority: kind === 'write' ? 1 : 0 });
    },
    async pause(milliseconds, signal) {
      const now = Date.now();
      const isFirst = now - lastRefusal.at > RELATED_REFUSALS_MS;
      const pauseMs = Math.min(milliseconds, isFirst ? FIRST_PAUSE_MS : 2 * lastRefusal.pauseMs);
      lastRefusal = { at: now, pauseMs };
      for (const queue of queues) queue.pause();
      clearTimeout(paused);
      pausedUntil = Math.max(pausedUntil, now + pauseMs);
      paused = setTimeout(() => {
        for (const queue of queues) queue.start();
      }, pausedUntil - Date.now());
      await delay(milliseconds, undefined, signal ? { signal } : {}).catch(() => {});
    },
  };
}

/**
 * A token bucket whose tokens are taken in order. At first, and after a pause longer than what is made up
 * for, it holds a single token: how many requests the others have sent meanwhile is not known.
 */
function createTokens(perSecond: number, madeUpMs: number) {
  const bucket = new TokenBucket({
    tokensPerInterval: perSecond,
    interval: 'second',
    bucketSize: Math.max(1, (perSecond * madeUpMs) / 1000),
  });
  const queue = new PQueue({ concurrency: 1 });
  // At a low rate, consecutive starts are further apart than that.
  const longestMs = Math.max(madeUpMs, 2_000 / perSecond);
  let lastAt = Number.NEGATIVE_INFINITY;

  async function removeToken(): Promise<void> {
    bucket.drip();
    if (performance.now() - lastAt > longestMs) bucket.content = 1;
    await bucket.removeTokens(1);
    lastAt = performance.now();
  }

  return {
    queue,
    async take(options: { signal?: AbortSignal; priority?: number }): Promise<void> {
      await queue.add(removeToken, options);
    },
  };
}
