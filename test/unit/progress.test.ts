import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgress, type ProgressState, stateToBar } from '../../scripts/shared/progress.ts';
import { createRateMeter, timeLeft } from '../../scripts/shared/time-left.ts';

const SEEDING: ProgressState = {
  phase: 'seeding',
  done: 123_456,
  total: 1_000_000,
  unit: 'users',
  failures: '1234 failed',
  details: ['5.2 h left', '40.0/s', '100000 created', '20000 updated', '3222 skipped'],
};

const ESCAPE = '\u001b';
/** An escape sequence, or one character. */
const PARTS = new RegExp(`${ESCAPE}(?:\\[[?\\d;]*[A-Za-z]|[78])|[\\s\\S]`, 'g');

/** A stream that keeps a screen of lines, as far as the bar's escape sequences need one. */
function createTerminal({ isTTY, columns }: { isTTY: boolean; columns?: number }) {
  const lines = [''];
  const stream = new Writable({
    write(chunk, _, done) {
      for (const [part] of String(chunk).matchAll(PARTS)) put(part);
      done();
    },
  });
  let column = 0;
  function put(part: string): void {
    const row = lines.length - 1;
    const line = lines[row] ?? '';
    if (part === '\n') lines.push('');
    if (part === '\n' || part === '\r' || part === `${ESCAPE}[1G`) column = 0;
    else if (part === `${ESCAPE}[0K` || part === `${ESCAPE}[K`) lines[row] = line.slice(0, column);
    else if (part === `${ESCAPE}[2K`) lines[row] = '';
    else if (!part.startsWith(ESCAPE)) {
      lines[row] = line.slice(0, column).padEnd(column) + part + line.slice(column + 1);
      column++;
    }
  }
  return {
    stream: Object.assign(stream, { isTTY, columns }),
    screen: () => lines.filter((line) => line !== ''),
  };
}

describe('stateToBar', () => {
  it.each([60, 80, 100, 140, 200])('at %i columns: count and failures, in one line', (columns) => {
    const line = stateToBar(SEEDING, 0.12, columns);
    expect(line).toContain('123456/1000000 users | 1234 failed');
    expect(line.length).toBeLessThan(columns);
  });

  it('leaves out whole details, the least important first', () => {
    expect(stateToBar(SEEDING, 0.12, 80)).toMatch(
      /^=+-+ 123456\/1000000 users \| 1234 failed \| 5\.2 h left \| 40\.0\/s$/,
    );
    expect(stateToBar(SEEDING, 0.12, 140)).toContain('3222 skipped');
  });

  it('leaves out the bar where the failures need its place', () => {
    expect(stateToBar(SEEDING, 0.12, 40)).toBe('123456/1000000 users | 1234 failed');
  });

  it('keeps the failures even where the terminal is narrower than they are', () => {
    expect(stateToBar(SEEDING, 0.12, 20)).toContain('1234 failed');
  });
});

describe('createProgress', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('on a terminal, keeps every notice above the bar and the last state below it', () => {
    const { stream, screen } = createTerminal({ isTTY: true, columns: 80 });
    const progress = createProgress(stream);
    progress.show({ ...SEEDING, done: 1 });
    progress.notice('first notice '.repeat(10).trim());
    progress.show({ ...SEEDING, done: 2 });
    vi.advanceTimersByTime(1_000);
    progress.pause('rate_limited', 90_000);
    progress.show({ ...SEEDING, done: 3 });
    progress.end();
    progress.end();
    expect(screen()).toEqual([
      'first notice '.repeat(10).trim(),
      'rate_limited: all requests wait 2 min',
      expect.stringMatching(/^-+ 3\/1000000 users \| 1234 failed/),
    ]);
  });

  it('on a terminal, leaves the last state of each phase on the screen', () => {
    const { stream, screen } = createTerminal({ isTTY: true, columns: 80 });
    const progress = createProgress(stream);
    progress.show({ phase: 'listing', done: 7, unit: 'WorkOS users listed' });
    progress.show({ ...SEEDING, done: 1_000_000 });
    progress.end();
    expect(screen()).toEqual([
      '7 WorkOS users listed',
      expect.stringMatching(/^=+ 1000000\/1000000 users/),
    ]);
  });

  it('elsewhere, writes a line every five seconds and one when a phase begins', () => {
    const { stream, screen } = createTerminal({ isTTY: false });
    const progress = createProgress(stream);
    for (let second = 0; second < 12; second++) {
      progress.show({ phase: 'a', done: second, total: 12, unit: 'users', failures: '0 failed' });
      vi.advanceTimersByTime(1_000);
    }
    progress.show({ phase: 'b', done: 1, unit: 'mails' });
    expect(screen()).toEqual([
      '0 of about 12 users: 0 failed',
      '5 of about 12 users: 0 failed',
      '10 of about 12 users: 0 failed',
      '1 mails',
    ]);
  });
});

describe('timeLeft', () => {
  it('follows the slowest limit', () => {
    const listing = { left: 1_000, perSecond: 100 };
    const writes = { left: 1_000, perSecond: 5 };
    expect(timeLeft([listing, writes])).toBe('3 min left');
  });

  it('is unknown while the speed of a limit with work left is unknown', () => {
    expect(timeLeft([{ left: 10, perSecond: undefined }])).toBeUndefined();
    expect(timeLeft([{ left: 0, perSecond: undefined }])).toBe('0 s left');
  });
});

it('createRateMeter measures the last half minute, not the whole run', () => {
  let now = 0;
  const meter = createRateMeter(0, () => now);
  expect(meter(0)).toBeUndefined();
  for (now = 1_000; now <= 60_000; now += 1_000)
    meter(now < 30_000 ? now : 30_000 + (now - 30_000) / 100);
  expect(meter(30_300)).toBeCloseTo(10, 0);
});
