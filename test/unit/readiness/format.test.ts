import { describe, expect, it } from 'vitest';
import { toWidths } from '../../../src/page/charts.ts';
import { toMoment, toRanking, toShare } from '../../../src/page/format.ts';

describe('toShare', () => {
  it.each([
    [1, 3, '33.3 %'],
    [0, 3, '0 %'],
    [3, 3, '100 %'],
    [1, 1_000_000, '< 0.1 %'],
    [999_999, 1_000_000, '> 99.9 %'],
    [0, 0, '–'],
  ])('shows %i of %i as %s', (part, whole, share) => {
    expect(toShare(part, whole)).toBe(share);
  });
});

describe('toWidths', () => {
  it.each([
    ['three parts of 0', [0, 0, 0]],
    ['one user of a million', [999_999, 1, 0]],
    ['equal parts', [5, 5, 5]],
    ['many tiny parts', [1_000_000, 1, 1, 1, 1]],
  ])('fills the bar and gives each part above 0 at least 1 percent: %s', (_case, counts) => {
    const widths = toWidths(counts);
    const sum = widths.reduce((total, width) => total + width, 0);
    expect(sum).toBeCloseTo(counts.some((count) => count > 0) ? 100 : 0, 6);
    for (const [index, count] of counts.entries()) {
      if (count > 0) expect(widths[index]).toBeGreaterThanOrEqual(1);
      else expect(widths[index]).toBe(0);
    }
  });
});

describe('toRanking', () => {
  it('sorts by count, then by name, and leaves out counts of 0', () => {
    const ranking = toRanking({ b: 2, a: 2, none: 0, most: 9, ['__proto__']: 1 });
    expect(ranking.map(({ name }) => name)).toEqual(['most', 'a', 'b', '__proto__']);
  });
});

describe('toMoment', () => {
  it('writes a date in UTC', () => {
    expect(toMoment('2026-01-01T12:34:00.000Z')).toBe('1 January 2026 at 12:34 UTC');
  });
  it('leaves text that is not a date unchanged', () => {
    expect(toMoment('yesterday')).toBe('yesterday');
  });
});
