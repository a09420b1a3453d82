import { expect, it } from 'vitest';
import { createRisingClock } from '../../src/triggers/rising-clock.ts';

it('observations of one moment keep their order', () => {
  const clock = createRisingClock(() => 1_000);
  expect([clock(), clock(), clock()].map((date) => date.getTime())).toEqual([1_000, 1_001, 1_002]);
});

it('is right again as soon as time has passed', () => {
  const times = [1_000, 1_000, 5_000];
  const clock = createRisingClock(() => times.shift() ?? 0);
  expect([clock(), clock(), clock()].map((date) => date.getTime())).toEqual([1_000, 1_001, 5_000]);
});
