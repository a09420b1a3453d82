import { setTimeout as delay } from 'node:timers/promises';
import PQueue from 'p-queue';

/** A little below the limit: timers are not exact, and a refused request costs its event a turn. */
const MARGIN = 0.985;
/** Starts are counted in windows of about this length: short ones spread them, long ones forgive pauses. */
const WINDOW_MS = 800;

/** WorkOS's limits, a second: 6,000 requests a minute, 500 writes in ten seconds (docs, Rate limits). */
const LIMITS = { requests: 100, writes: 50 };

/** A queue that starts what is put into it at an even pace: so many a second, a few at a time. */
export function createRateQueue(perSecond: number, atATime = windowOf(perSecond, 100)): PQueue {
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
   * WorkOS has refused a request as one too many: nothing starts for so long, in milliseconds. Resolves
   * then, or when `signal` fires.
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
  const requests = createStrictQueue(LIMITS.requests * part);
  const writes = createStrictQueue(LIMITS.writes * part);
  let pausedUntil = 0;
  let paused: NodeJS.Timeout | undefined;
  return {
    async turn(kind, signal) {
      const options = signal ? { signal } : {};
      if (kind === 'write') await writes.add(() => {}, options);
      await requests.add(() => {}, options);
    },
    async pause(milliseconds, signal) {
      for (const queue of [requests, writes]) queue.pause();
      clearTimeout(paused);
      pausedUntil = Math.max(pausedUntil, Date.now() + milliseconds);
      paused = setTimeout(() => {
        for (const queue of [requests, writes]) queue.start();
      }, pausedUntil - Date.now());
      await delay(milliseconds, undefined, signal ? { signal } : {}).catch(() => {});
    },
  };
}

/** In no window of its length are there more starts than its cap, wherever it begins. */
function createStrictQueue(perSecond: number): PQueue {
  const intervalCap = windowOf(perSecond, WINDOW_MS);
  return new PQueue({ intervalCap, interval: (intervalCap * 1000) / perSecond, strict: true });
}
