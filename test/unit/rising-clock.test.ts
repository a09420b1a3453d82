import { expect, it } from 'vitest';
import { createRisingClock } from '../../src/triggers/rising-clock.ts';

it('the rising clock adds a millisecond to each reading of the same moment', () => {
  const clock = createRisingClock(() => 1_000);
  expect([clock(), clock(), clock()].map((date) => date.getTime())).toEqual([1_000, 1_001, 1_002]);
});

it('the rising clock shows the true time again once time has passed', () => {
  const times = [1_000, 1_000, 5_000];
  const clock = createRisingClock(() => times.shift() ?? 0);
  expect([clock(), clock(), clock()].map((date) => date.getTime())).toEqual([1_000, 1_001, 5_000]);
});
