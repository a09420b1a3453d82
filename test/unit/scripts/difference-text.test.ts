import { stripVTControlCharacters, styleText } from 'node:util';
import { describe, expect, it } from 'vitest';
import { differenceToLines } from '../../../scripts/shared/difference-text.ts';
import { createScreen, type Screen, wrapText } from '../../../scripts/shared/screen.ts';

const LONG = 'a name that goes on '.repeat(8).trim();
const stale = (before: string | null, after: string | null) => ({
  fields: ['last_name'],
  before: { last_name: before },
  after: { last_name: after },
});
const plain = (columns: number): Screen => ({ columns, paint: (_, text) => text });
const show = (difference: ReturnType<typeof stale>, columns: number) =>
  differenceToLines(difference, plain(columns), { showEmails: true });

/** As a terminal counts: the Chinese characters of these tests are two columns wide. */
const widthOf = (line: string) => line.length + (line.match(/\p{Script=Han}/gu) ?? []).length;

describe('a difference on a terminal', () => {
  it.each([80, 140])('fits into a line of %i columns, with both values to be seen', (columns) => {
    for (const [before, after] of [
      [LONG, LONG],
      [LONG, 'short'],
      ['漢字'.repeat(60), 'short'],
      ['漢字'.repeat(60), '字漢'.repeat(60)],
    ] as const) {
      const [line = ''] = show(stale(before, after), columns);
      expect(widthOf(line)).toBeLessThanOrEqual(columns);
      expect(line).toMatch(/".+… → ".+["…]$/);
    }
  });

  it('is whole where the output is no terminal', () => {
    expect(show(stale(LONG, 'Ada'), Number.POSITIVE_INFINITY)).toEqual([
      `        ~ last_name: "${LONG}" → "Ada"`,
    ]);
  });

  it('shows what WorkOS lacks, and what it loses, with a sign', () => {
    expect(show(stale(null, 'Ada'), 80)).toEqual(['        + last_name: "Ada"']);
    expect(show(stale('Ada', null), 80)).toEqual(['        - last_name: "Ada"']);
  });

  it('does not let a name move the cursor, colour the terminal or reverse the text', () => {
    const [line] = show(stale('\u001b[31mred\u202e', 'two\nlines'), 80);
    expect(line).toBe('        ~ last_name: "?[31mred?" → "two?lines"');
  });

  it('is masked unless emails are to be shown', () => {
    const [line] = differenceToLines(stale('Byron', 'Lovelace'), plain(80), {});
    expect(line).toBe('        ~ last_name: "B•••" → "L•••"');
  });

  it('counts no colour as a column', () => {
    const painted: Screen = {
      columns: 80,
      paint: (style, text) => styleText(style, text, { validateStream: false }),
    };
    const [line = ''] = differenceToLines(stale(LONG, LONG), painted, { showEmails: true });
    expect(line).toContain('\u001b[33m');
    expect(stripVTControlCharacters(line)).toBe(show(stale(LONG, LONG), 80)[0]);
  });
});

it('a screen that is no terminal has no width and no colours', () => {
  const screen = createScreen(Object.assign(process.stdout, { isTTY: false }));
  expect(screen.columns).toBe(Number.POSITIVE_INFINITY);
});

it('a sentence is broken between words, its further lines two columns further in', () => {
  expect(wrapText('  one two three four', { columns: 12 })).toEqual([
    '  one two',
    '    three',
    '    four',
  ]);
});
