import { describe, expect, it } from 'vitest';
import { fitLines } from '../../../scripts/status/fit-lines.ts';
import { linesToText, statusToLines, statusToText } from '../../../scripts/status/text.ts';
import type { StatusFacts } from '../../../src/status/facts.ts';
import { judge } from '../../../src/status/judge.ts';
import { toNextStep } from '../../../src/status/next-step/next-step.ts';
import {
  hoursAgo,
  runOf,
  told,
  untold,
  VERIFY,
  wellFacts,
  withRuns,
} from '../../fixtures/status-facts.ts';

const TARGET = { pool: '--stage prod', deployment: '--stage prod', stage: '--stage prod' };

function viewOf(changes: Partial<StatusFacts> = {}) {
  const facts = wellFacts(changes);
  const { well, checks } = judge(facts);
  return { facts, well, checks, next: toNextStep(facts, checks, TARGET) };
}

/** Without colours. */
const screenOf = (columns: number) => ({ paint: (_: unknown, text: string) => text, columns });
const TROUBLE: Partial<StatusFacts> = {
  deadLetters: told({ visible: 2, inFlight: 0, delayed: 0 }),
  alarms: untold('not allowed: allow cloudwatch:DescribeAlarms'),
};

describe('the screen of cws status', () => {
  it('has no line that is wider than the terminal, but for a command to be copied', () => {
    for (const columns of [60, 80, 120]) {
      const lines = statusToText(viewOf(TROUBLE), screenOf(columns)).split('\n');
      expect(lines.length).toBeGreaterThan(20);
      expect(lines.filter((line) => line.length > columns && !line.includes('npx '))).toEqual([]);
    }
  });

  it('fits into 80 columns and 30 rows when all is well', () => {
    expect(statusToLines(viewOf(), screenOf(80)).length).toBeLessThanOrEqual(30);
  });

  it('says without colours what is well, what is not, and what is unknown', () => {
    expect(statusToText(viewOf(), screenOf(80))).toContain('All is well.');
    const text = statusToText(viewOf(TROUBLE), screenOf(80));
    expect(text).toContain('Not well: dead letters, alarms.');
    expect(text).toMatch(/^ BAD +Dead letters +about 2 messages +now$/m);
    expect(text).toMatch(/^ \? +Alarms +not allowed: allow/m);
  });

  it('ends each line with how old it is', () => {
    const text = statusToText(
      viewOf(withRuns({ verify: runOf(VERIFY, hoursAgo(3)) })),
      screenOf(80),
    );
    expect(text).toMatch(/Last verify .* 3 h ago$/m);
    expect(text).toMatch(/Queue .* now$/m);
  });

  it('shows the next step with a command on one line', () => {
    expect(statusToText(viewOf(TROUBLE), screenOf(80))).toMatch(
      /^ {3}npx cws redrive --stage prod$/m,
    );
  });

  it('lets no name of a pool and no answer of a service write over the terminal', () => {
    const hostile = '\u001b[2J\u001b]0;owned\u0007\nAll is well.\u202e';
    const changes: Partial<StatusFacts> = {
      ...TROUBLE,
      pool: told({ name: hostile, users: 1, triggers: {} }),
      triggers: told([
        { trigger: 'PreAuthentication', wanted: 'a', actual: hostile, attached: false },
      ]),
      alarms: told({ total: 1, raised: [{ name: hostile, since: hoursAgo(1) }] }),
      queue: untold(hostile),
    };
    const text = statusToText(viewOf(changes), screenOf(80));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(text.split('\n').filter((line) => line.startsWith('All is well.'))).toEqual([]);
  });
});

describe('the screen of cws status on a terminal that is not high enough', () => {
  const screen = screenOf(80);
  const lines = statusToLines(viewOf(TROUBLE), screen);

  it.each([lines.length - 1, 22, 16])('has %i rows at most', (rows) => {
    expect(fitLines(lines, rows, screen).length).toBeLessThanOrEqual(rows);
  });

  it('keeps the verdict, what is bad, and the next step', () => {
    const text = linesToText(fitLines(lines, 16, screen));
    expect(text).toContain('Not well');
    expect(text).toContain('BAD   Dead letters');
    expect(text).toContain('npx cws redrive');
    expect(text).toMatch(/… \d+ more lines in order/);
  });

  it('counts the rows that a command takes which is wider than the terminal', () => {
    const narrow = screenOf(40);
    const all = statusToLines(viewOf(), narrow);
    const rowsOf = (text: string) => Math.max(1, Math.ceil(text.length / narrow.columns));
    for (const rows of [8, 16, 24]) {
      const shown = fitLines(all, rows, narrow);
      expect(shown.reduce((sum, { text }) => sum + rowsOf(text), 0)).toBeLessThanOrEqual(rows);
      expect(linesToText(shown)).toContain('All is well.');
    }
  });

  it('is whole when there is room', () => {
    expect(fitLines(lines, lines.length, screen)).toEqual(lines);
  });
});
