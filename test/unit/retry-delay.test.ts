import { describe, expect, it } from 'vitest';
import { retryDelay } from '../../src/consumer/retry-delay.ts';

const failed = { isRateLimited: false, retryAfterSeconds: undefined };
const at = (deliveries: number, ageSeconds = 0) => ({ ...failed, deliveries, ageSeconds });

describe('the delay before a failed message is delivered again', () => {
  it('doubles with each delivery, up to 30 seconds', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 100].map((n) => retryDelay(at(n), 0));
    expect(delays).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
  });

  it('is 1/120 of the age of an old message, from 30 seconds to 15 minutes', () => {
    const delays = [1, 2, 10, 48].map((hours) => retryDelay(at(500, hours * 3_600), 0));
    expect(delays).toEqual([30, 60, 300, 900]);
  });

  it('is longer by up to a quarter at random, and never above 15 minutes', () => {
    expect(retryDelay(at(5), 1)).toBe(20);
    expect(retryDelay(at(500, 172_800), 1)).toBe(900);
  });

  it('is at least Retry-After, up to 15 minutes', () => {
    expect(retryDelay({ ...at(1), retryAfterSeconds: 40 }, 0)).toBe(40);
    expect(retryDelay({ ...at(1), retryAfterSeconds: 4_000 }, 0)).toBe(900);
  });

  it('is exactly Retry-After, or one second without it, for an old message that got a 429', () => {
    const busy = { ...at(500, 86_400), isRateLimited: true };
    expect(retryDelay({ ...busy, retryAfterSeconds: 7 }, 0)).toBe(7);
    expect(retryDelay(busy, 0)).toBe(1);
  });

  it('is one second when the deliveries and the age are not numbers', () => {
    expect(retryDelay(at(Number.NaN, Number.NaN), 0)).toBe(1);
  });
});
