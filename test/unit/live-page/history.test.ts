import { describe, expect, it } from 'vitest';
import type { ToldEvent } from '../../../local/events/event.ts';
import { createHistory } from '../../../local/live-page/history.ts';

function step(title: string): ToldEvent {
  return { event: { kind: 'step', title, steps: 9 }, lines: [] };
}

describe('the history of the live page', () => {
  it('gives a page that has seen nothing the whole state', () => {
    const history = createHistory('run');
    history.add(step('one'));
    expect(history.since(undefined)).toMatchObject([
      { id: 'run-1', event: 'snapshot', data: { steps: [{ title: 'one' }] } },
    ]);
  });

  it('gives a page that comes back only what it missed', () => {
    const history = createHistory('run');
    for (const title of ['one', 'two', 'three']) history.add(step(title));
    expect(history.since('run-1')).toMatchObject([
      { id: 'run-2', data: { event: { title: 'two' } } },
      { id: 'run-3', data: { event: { title: 'three' } } },
    ]);
    expect(history.since('run-3')).toEqual([]);
  });

  it('gives a page of an earlier run on the same port the whole state', () => {
    const history = createHistory('second');
    history.add(step('one'));
    expect(history.since('first-1')).toMatchObject([{ event: 'snapshot' }]);
  });

  it('gives a page that missed more than is remembered the whole state', () => {
    const history = createHistory('run');
    for (let i = 0; i < 1_100; i++) history.add(step(String(i)));
    expect(history.since('run-99')).toMatchObject([{ event: 'snapshot', id: 'run-1100' }]);
    expect(history.since('run-1090')).toHaveLength(10);
  });

  it('leaves out what the functions log, which the page does not show', () => {
    const history = createHistory('run');
    const log = { kind: 'log', functionName: 'consumer', line: 'sk_test_secret' } as const;
    expect(history.add({ event: log, lines: [] })).toBeUndefined();
    expect(JSON.stringify(history.since(undefined))).not.toContain('sk_test_secret');
  });
});
