import { AsyncLocalStorage } from 'node:async_hooks';
import type { ShareLimiter } from './share-limiter.ts';

const background = new AsyncLocalStorage<true>();

/** Marks the requests to WorkOS that `work` sends as ones that can wait: no user waits for them. */
export function runInBackground<T>(work: () => Promise<T>): Promise<T> {
  return background.run(true, work);
}

/**
 * A limiter that lets background requests use no more than `part` of what it lets all use, so that the others
 * find it free (docs/design.md#patrol).
 *
 * @param part a limiter with less than the share of `all`.
 */
export function withBackgroundPart(all: ShareLimiter, part: ShareLimiter): ShareLimiter {
  return {
    async acquire(kind, signal) {
      if (background.getStore()) await part.acquire(kind, signal);
      await all.acquire(kind, signal);
    },
    pause: (milliseconds, signal) => all.pause(milliseconds, signal),
  };
}
