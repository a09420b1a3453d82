import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runInBackground, withBackgroundPart } from '../../src/workos/background.ts';
import { createShareLimiter } from '../../src/workos/share-limiter.ts';

// In simulated time, so that what is asserted of rates is the same on every machine.
const BEGIN = Date.UTC(2026, 0, 1);
const SECONDS = 20;

let stop: AbortController;
beforeEach(() => {
  vi.useFakeTimers({ now: BEGIN });
  stop = new AbortController();
});
afterEach(() => {
  stop.abort();
  vi.useRealTimers();
});

function createLimiter() {
  const all = createShareLimiter({ share: 0.5, sharers: 1 });
  return withBackgroundPart(all, createShareLimiter({ share: 0.4, sharers: 1 }));
}

describe("background requests of the consumer's limiter", () => {
  it('leave a part of the share free while they always wait, so that another request starts at once', async () => {
    const limiter = createLimiter();
    let writes = 0;
    const keepWriting = async () => {
      for (;;) {
        await limiter.acquire('write', stop.signal);
        writes += 1;
      }
    };
    for (let n = 0; n < 10; n++) runInBackground(keepWriting).catch(() => {});
    const waits: number[] = [];
    for (let n = 0; n < SECONDS; n++) {
      await vi.advanceTimersByTimeAsync(1_000);
      const begun = Date.now();
      const started = limiter.acquire('write', stop.signal).then(() => Date.now() - begun);
      await vi.advanceTimersByTimeAsync(200);
      waits.push(await started);
    }
    const perSecond = writes / (1.2 * SECONDS);
    expect(perSecond).toBeGreaterThan(0.9 * 20);
    expect(perSecond).toBeLessThanOrEqual(20);
    expect(Math.max(...waits)).toBeLessThanOrEqual(60);
  });
});
