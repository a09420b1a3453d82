import { setTimeout as delay } from 'node:timers/promises';
import { RateLimiter } from 'limiter';
import type { Profiles } from '../user/profiles.ts';

/** After a request that failed; doubled with each further one. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Profiles that are asked for at a bounded rate, and after a failure only when a pause has passed: ListUsers has
 * one quota for everything in the account and region (docs/facts.md#cognito-rate-limits), and the application
 * needs it first.
 *
 * @param options.requestsPerSecond of this process.
 * @param options.pause resolves after so many milliseconds, or rejects when the signal aborts first.
 * @returns `find` rejects when its signal aborts while it waits.
 */
export function createPacedProfiles(
  profiles: Pick<Profiles, 'find'>,
  options: { requestsPerSecond: number; pause?: typeof pauseFor },
): Pick<Profiles, 'find'> {
  const { requestsPerSecond, pause = pauseFor } = options;
  // One by one: eight tokens a second would let sixteen requests through within one.
  const limiter = new RateLimiter({ tokensPerInterval: 1, interval: 1_000 / requestsPerSecond });
  let pausedUntil = 0;
  let pauseMs = FIRST_PAUSE_MS;
  return {
    async find(profile, signal) {
      const wait = pausedUntil - Date.now();
      if (wait > 0) await pause(wait, signal);
      await limiter.removeTokens(1);
      signal?.throwIfAborted();
      try {
        const found = await profiles.find(profile, signal);
        pauseMs = FIRST_PAUSE_MS;
        return found;
      } catch (error) {
        pausedUntil = Date.now() + pauseMs;
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
        throw error;
      }
    },
  };
}

function pauseFor(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return delay(milliseconds, undefined, signal ? { signal } : {});
}
