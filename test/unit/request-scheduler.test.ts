import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRequestScheduler } from '../../src/bulk/request-scheduler.ts';

// In simulated time, so that what is asserted of rates is the same on every machine.
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the request scheduler', () => {
  /** How many writes start in two seconds beside consumers that send `used` a second. */
  async function started(used: { reads: number; writes: number }): Promise<number> {
    const stop = new AbortController();
    const scheduler = createRequestScheduler({
      writesPerSecond: 100,
      requestsPerSecond: 200,
      signal: stop.signal,
    });
    let count = 0;
    const run = () => scheduler.run('write', async () => count++).catch(() => {});
    const all = Array.from({ length: 400 }, run);
    for (let second = 0; second < 2; second++) {
      scheduler.giveWay(used);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    stop.abort();
    await Promise.all(all);
    return count;
  }

  it('starts fewer writes the more requests consumers send, and never stops', async () => {
    const alone = await started({ reads: 0, writes: 0 });
    const beside = await started({ reads: 50, writes: 50 });
    const crowded = await started({ reads: 5_000, writes: 5_000 });
    expect(beside).toBeLessThan(alone * 0.75);
    expect(beside).toBeGreaterThan(alone * 0.25);
    expect(crowded).toBeLessThan(alone * 0.3);
    expect(crowded).toBeGreaterThan(0);
  });
});
