import { describe, expect, it } from 'vitest';
import { toMoment, toRanking, toShare } from '../../../src/readiness/format.ts';
import { toWidths } from '../../../src/readiness/page/charts.ts';

describe('a share', () => {
  it.each([
    [1, 3, '33.3 %'],
    [0, 3, '0 %'],
    [3, 3, '100 %'],
    [1, 1_000_000, '< 0.1 %'],
    [999_999, 1_000_000, '> 99.9 %'],
    [0, 0, '–'],
  ])('of %i in %i', (part, whole, share) => {
    expect(toShare(part, whole)).toBe(share);
  });
});

describe('the parts of a bar', () => {
  it.each([
    ['nobody', [0, 0, 0]],
    ['one of a million', [999_999, 1, 0]],
    ['equal parts', [5, 5, 5]],
    ['many tiny ones', [1_000_000, 1, 1, 1, 1]],
  ])('fill it, and none that is there is too narrow to be seen: %s', (_case, counts) => {
    const widths = toWidths(counts);
    const sum = widths.reduce((total, width) => total + width, 0);
    expect(sum).toBeCloseTo(counts.some((count) => count > 0) ? 100 : 0, 6);
    for (const [index, count] of counts.entries()) {
      if (count > 0) expect(widths[index]).toBeGreaterThanOrEqual(1);
      else expect(widths[index]).toBe(0);
    }
  });
});

describe('a ranking', () => {
  it('has the largest first and leaves the empty ones out', () => {
    const ranking = toRanking({ b: 2, a: 2, none: 0, most: 9, ['__proto__']: 1 });
    expect(ranking.map(({ name }) => name)).toEqual(['most', 'a', 'b', '__proto__']);
  });
});

describe('a moment', () => {
  it('is told in UTC', () => {
    expect(toMoment('2026-01-01T12:34:00.000Z')).toBe('1 January 2026 at 12:34 UTC');
  });
  it('that is no date stays as it is', () => {
    expect(toMoment('yesterday')).toBe('yesterday');
  });
});
