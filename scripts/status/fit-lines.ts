import { stripVTControlCharacters } from 'node:util';
import { cutLine, type Screen } from '../shared/screen.ts';
import type { StatusLine } from './text.ts';

/**
 * Leaves out what can be missed where a terminal is not high enough: first the empty lines, then lines that are in order,
 * the last ones first. A line that is wider than the terminal (a command to be copied is not broken) takes further rows.
 *
 * @param rows at least 1.
 */
export function fitLines(
  lines: readonly StatusLine[],
  rows: number,
  { paint, columns }: Screen,
): StatusLine[] {
  const heightOf = (some: readonly StatusLine[]) =>
    some.reduce((sum, { text }) => sum + rowsOf(text, columns), 0);
  if (heightOf(lines) <= rows) return [...lines];
  let left = lines.filter(({ kind }) => kind !== 'space');
  let leftOut = 0;
  let first = left.length;
  // The line that says how many are left out takes a row, too.
  while (heightOf(left) + (leftOut > 0 ? 1 : 0) > rows) {
    const last = left.findLastIndex(({ kind }) => kind === 'quiet');
    if (last < 0) break;
    left = left.toSpliced(last, 1);
    leftOut += 1;
    first = last;
  }
  const note = paint('dim', cutLine(`  … ${leftOut} more lines in order`, columns));
  if (leftOut > 0) left = left.toSpliced(first, 0, { kind: 'fixed', text: note });
  while (left.length > 1 && heightOf(left) > rows) left.pop();
  return left;
}

function rowsOf(text: string, columns: number): number {
  const width = stripVTControlCharacters(text).length;
  return Number.isFinite(columns) ? Math.max(1, Math.ceil(width / columns)) : 1;
}
