import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createShareLimiter, type ShareLimiter } from '../../src/workos/share-limiter.ts';

// In simulated time, so that what is asserted of rates is the same on every machine.
const BEGIN = Date.UTC(2026, 0, 1);

let stop: AbortController;
beforeEach(() => {
  vi.useFakeTimers({ now: BEGIN });
  stop = new AbortController();
});
afterEach(() => {
  stop.abort();
  vi.useRealTimers();
});

/** The milliseconds at which requests start when each limiter always has one that waits. */
async function startsWithin(
  seconds: number,
  limiters: ShareLimiter[],
  kind: 'read' | 'write',
): Promise<number[]> {
  const starts: number[] = [];
  const keepAsking = async (limiter: ShareLimiter) => {
    for (;;) {
      await limiter.acquire(kind, stop.signal);
      starts.push(Date.now() - BEGIN);
    }
  };
  for (const limiter of limiters) keepAsking(limiter).catch(() => {});
  await vi.advanceTimersByTimeAsync(1_000 * seconds);
  return starts;
}

/** The most starts in any window of so many milliseconds. */
function busiest(starts: number[], windowMs: number): number {
  return Math.max(...starts.map((t) => starts.filter((u) => u >= t && u < t + windowMs).length));
}

describe("the limiter of the consumers' share of WorkOS's limits", () => {
  it.each([
    ['writes', 'write', 250, 25],
    ['requests', 'read', 500, 50],
  ] as const)(
    'lets two consumers with a share of 0.5 start half of the %s that WorkOS allows',
    async (_, kind, perTenSeconds, perSecond) => {
      const limiters = [1, 2].map(() => createShareLimiter({ share: 0.5, sharers: 2 }));
      const starts = await startsWithin(40, limiters, kind);
      expect(busiest(starts, 10_000)).toBeLessThanOrEqual(perTenSeconds);
      expect(busiest(starts, 10_000)).toBeGreaterThan(0.95 * perTenSeconds);
      expect(busiest(starts, 1_000)).toBeLessThanOrEqual(perSecond + 2);
    },
  );

  it('keeps to the rate from the first request on', async () => {
    const limiter = createShareLimiter({ share: 0.5, sharers: 1 });
    const starts = await startsWithin(1, [limiter], 'write');
    expect(starts.filter((at) => at < 100).length).toBeLessThanOrEqual(3);
    expect(starts.length).toBeGreaterThan(20);
  });

  it('starts no request for 100 ms after a 429, and for twice as long after each further one', async () => {
    const limiter = createShareLimiter({ share: 1, sharers: 1 });
    for (const pauseMs of [100, 200, 400]) {
      const pausedAt = Date.now();
      void limiter.pause(5_000, stop.signal);
      const startedAt = limiter.acquire('read').then(() => Date.now());
      await vi.advanceTimersByTimeAsync(1_000);
      expect((await startedAt) - pausedAt).toBeGreaterThanOrEqual(pauseMs);
      expect((await startedAt) - pausedAt).toBeLessThan(pauseMs + 50);
    }
  });

  it('rejects a request that waits when its signal aborts', async () => {
    const limiter = createShareLimiter({ share: 0.01, sharers: 1 });
    await limiter.acquire('write');
    const waiting = limiter.acquire('write', stop.signal);
    const rejected = expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await vi.advanceTimersByTimeAsync(10);
    stop.abort();
    await rejected;
    // Without a signal it starts when the rate allows, so the rejection came early.
    const next = limiter.acquire('write').then(() => Date.now() - BEGIN);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await next).toBeGreaterThan(1_000);
  });
});
