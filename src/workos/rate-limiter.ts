import { setTimeout as delay } from 'node:timers/promises';
import { TokenBucket } from 'limiter';
import PQueue from 'p-queue';

/** A little below the limit: timers are not exact, and a refused request costs its event a turn. */
const MARGIN = 0.985;
/**
 * For so long a pause is made up for: longer than a consumer takes from one batch's last request to the
 * next one's first. Should all of them have paused for as long, WorkOS may refuse a few in that window.
 */
const MADE_UP_MS = { requests: 800, writes: 300 };

const FIRST_PAUSE_MS = 100;
const REFUSALS_BELONG_TOGETHER_MS = 3_000;

/** WorkOS's limits, a second: 6,000 requests a minute, 500 writes in ten seconds (docs, Rate limits). */
const LIMITS = { requests: 100, writes: 50 };

/** A queue that starts what is put into it at an even pace: so many a second, a few at a time. */
export function createRateLimiter(perSecond: number, atATime = windowOf(perSecond, 100)): PQueue {
  return new PQueue({ intervalCap: atATime, interval: (atATime * 1000) / perSecond });
}

function windowOf(perSecond: number, milliseconds: number): number {
  return Math.max(1, Math.floor((perSecond * milliseconds) / 1000));
}

/** When a request to WorkOS may start. */
export interface StartRate {
  /** Rejects when `signal` fires first. */
  turn(kind: 'read' | 'write', signal?: AbortSignal): Promise<void>;
  /**
   * WorkOS has refused a request as one too many, and wants it again after so many milliseconds: resolves
   * then, or when `signal` fires. Others wait, too: a little for a single refusal, which timers that are
   * not exact may have caused, and twice as long for each that follows, up to that time.
   */
  pause(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/**
 * One consumer's part of WorkOS's limits, from its first request on: the limits belong to the customer's
 * application too.
 *
 * @param options.share the part of the limits that all consumers together may use; above 0, at most 1.
 * @param options.sharers how many consumers may run at a time.
 */
export function createStartRate(options: { share: number; sharers: number }): StartRate {
  const part = (MARGIN * options.share) / options.sharers;
  const requests = createTokens(LIMITS.requests * part, MADE_UP_MS.requests);
  const writes = createTokens(LIMITS.writes * part, MADE_UP_MS.writes);
  const queues = [requests.queue, writes.queue];
  let pausedUntil = 0;
  let paused: NodeJS.Timeout | undefined;
  let lastRefusal = { at: Number.NEGATIVE_INFINITY, pauseMs: 0 };
  return {
    async turn(kind, signal) {
      const options = signal ? { signal } : {};
      if (kind === 'write') await writes.take(options);
      // Who is in hand is finished before the next one is begun.
      await requests.take({ ...options, priority: kind === 'write' ? 1 : 0 });
    },
    async pause(milliseconds, signal) {
      const now = Date.now();
      const isFirst = now - lastRefusal.at > REFUSALS_BELONG_TOGETHER_MS;
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
 * Starts in turn, so many a second. At first, and after a pause that is too long to be made up for, there
 * is one in hand: nobody knows what others have sent meanwhile.
 */
function createTokens(perSecond: number, madeUpMs: number) {
  const bucket = new TokenBucket({
    tokensPerInterval: perSecond,
    interval: 'second',
    bucketSize: Math.max(1, (perSecond * madeUpMs) / 1000),
  });
  const queue = new PQueue({ concurrency: 1 });
  // At a gentle rate, starts in a row are further apart.
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
