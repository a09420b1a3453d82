import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { handBackDelay } from '../../src/queue/hand-back.ts';

const deliveries = fc.integer({ min: 1, max: 1000 });
const retryAfter = fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined });
const random = fc.double({ min: 0, max: 1, noNaN: true });

describe('the time until a message comes back', () => {
  it('doubles with every delivery, up to fifteen minutes', () => {
    const delays = [1, 2, 3, 4, 10, 11, 1000].map((n) => handBackDelay(n, undefined, 0));
    expect(delays).toEqual([1, 2, 4, 8, 512, 900, 900]);
  });

  it('is never shorter than WorkOS asked, never longer than fifteen minutes, and whole', () => {
    fc.assert(
      fc.property(deliveries, retryAfter, random, (count, seconds, jitter) => {
        const delay = handBackDelay(count, seconds, jitter);
        expect(delay).toBeGreaterThanOrEqual(Math.min(900, seconds ?? 1));
        expect(delay).toBeLessThanOrEqual(900);
        expect(Number.isInteger(delay)).toBe(true);
      }),
    );
  });

  it('never shrinks from one delivery to the next', () => {
    fc.assert(
      fc.property(deliveries, random, random, (count, one, other) => {
        const next = handBackDelay(count + 1, undefined, other);
        expect(next).toBeGreaterThanOrEqual(handBackDelay(count, undefined, one));
      }),
    );
  });
});
