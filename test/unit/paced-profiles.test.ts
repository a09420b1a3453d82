import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPacedProfiles } from '../../src/pool-changes/paced-profiles.ts';
import { ADA, POOL } from '../fixtures/factories.ts';

// In simulated time, so that what is asserted of rates is the same on every machine.
const BEGIN = Date.UTC(2026, 0, 1);
const PROFILE = { userPoolId: POOL, sub: ADA.sub };

beforeEach(() => void vi.useFakeTimers({ now: BEGIN }));
afterEach(() => void vi.useRealTimers());

/** Profiles that note when they are asked, in milliseconds, and fail while `isFailing` says so. */
function startPaced(isFailing: (request: number) => boolean = () => false) {
  const asked: number[] = [];
  const pauses: number[] = [];
  const profiles = {
    async find() {
      asked.push(Date.now() - BEGIN);
      if (isFailing(asked.length)) throw new Error('throttled');
      return undefined;
    },
  };
  const pause = async (milliseconds: number, signal?: AbortSignal) => {
    signal?.throwIfAborted();
    pauses.push(milliseconds);
    await vi.advanceTimersByTimeAsync(milliseconds);
  };
  return { asked, pauses, paced: createPacedProfiles(profiles, { requestsPerSecond: 8, pause }) };
}

/** The most requests in any second. */
function busiestSecond(asked: number[]): number {
  const inSecond = (from: number) => asked.filter((t) => t >= from && t < from + 1_000).length;
  return Math.max(...asked.map(inSecond));
}

describe('profiles that are read for pool changes', () => {
  it('are asked for eight times a second at most during a burst of a thousand events', async () => {
    const { asked, paced } = startPaced();
    const burst = Promise.all(Array.from({ length: 1_000 }, () => paced.find(PROFILE)));
    await vi.advanceTimersByTimeAsync(130_000);
    await burst;
    expect(busiestSecond(asked)).toBe(8);
    expect(asked.at(-1)).toBeLessThan(130_000);
  });

  it('are asked for eight times a second at most though a burst begins before the end of a second', async () => {
    const { asked, paced } = startPaced();
    await paced.find(PROFILE);
    await vi.advanceTimersByTimeAsync(950);
    const burst = Promise.all(Array.from({ length: 20 }, () => paced.find(PROFILE)));
    await vi.advanceTimersByTimeAsync(5_000);
    await burst;
    expect(busiestSecond(asked)).toBe(8);
  });

  it('are asked for after pauses of 1, 2, 4… at most 30 seconds while Cognito fails, and at once when it answers', async () => {
    const { paced, pauses } = startPaced((request) => request <= 7);
    for (let request = 1; request <= 8; request++) {
      await paced.find(PROFILE).catch(() => undefined);
    }
    const last = paced.find(PROFILE);
    await vi.advanceTimersByTimeAsync(200);
    await last;
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('are not asked for once the invocation has no time left', async () => {
    const { asked, paced } = startPaced(() => true);
    await expect(paced.find(PROFILE)).rejects.toThrow('throttled');
    const abort = new AbortController();
    abort.abort();
    await expect(paced.find(PROFILE, abort.signal)).rejects.toThrow('aborted');
    expect(asked).toHaveLength(1);
  });
});
