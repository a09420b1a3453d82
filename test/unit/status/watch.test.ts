import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import type { StatusView } from '../../../scripts/status/view.ts';
import { watchStatus } from '../../../scripts/status/watch.ts';
import { judge } from '../../../src/status/judge.ts';
import { toNextStep } from '../../../src/status/next-step/next-step.ts';
import { wellFacts } from '../../fixtures/status-facts.ts';

it('keeps no look in memory, however many there are', async () => {
  const facts = wellFacts();
  const { well, checks } = judge(facts);
  const next = toNextStep(facts, checks, { pool: '', deployment: '', stage: '' });
  const first: StatusView = { facts, well, checks, next };
  const stop = new AbortController();
  const listeners: number[] = [];
  await watchStatus({
    first,
    look: async () => ({ ...first }),
    seconds: 0.001,
    async print() {
      listeners.push(getEventListeners(stop.signal, 'abort').length);
      if (listeners.length === 50) stop.abort();
    },
    stop: stop.signal,
  });
  expect(Math.max(...listeners)).toBeLessThan(2);
});
