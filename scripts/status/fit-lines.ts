import { stripVTControlCharacters } from 'node:util';
import type { Screen } from '../shared/screen.ts';
import type { StatusLine } from './text.ts';

/**
 * Leaves out what can be missed where a terminal is not high enough: first the empty lines, then lines that are in order,
 * the last ones first.
 *
 * @param height rows, at least 1.
 */
export function fitLines(
  lines: readonly StatusLine[],
  height: number,
  { paint, columns }: Screen,
): StatusLine[] {
  // A command to be copied is not broken: where it is wider than the terminal, it takes further rows.
  const further = lines.map(({ text }) => rowsOf(text, columns) - 1);
  const rows = Math.max(1, height - further.reduce((sum, each) => sum + each, 0));
  if (lines.length <= rows) return [...lines];
  const full = lines.filter(({ kind }) => kind !== 'space');
  if (full.length <= rows) return full;
  const quiet = full.flatMap(({ kind }, index) => (kind === 'quiet' ? [index] : []));
  const needed = full.length - rows + 1;
  const leftOut = new Set(quiet.slice(Math.max(0, quiet.length - needed)));
  if (leftOut.size === 0) return full.slice(0, rows);
  const first = Math.min(...leftOut);
  const note = paint('dim', `  … ${leftOut.size} more lines in order`);
  return full
    .flatMap((line, index): StatusLine[] => {
      if (index === first) return [{ kind: 'fixed', text: note }];
      return leftOut.has(index) ? [] : [line];
    })
    .slice(0, rows);
}

function rowsOf(text: string, columns: number): number {
  const width = stripVTControlCharacters(text).length;
  return Number.isFinite(columns) ? Math.max(1, Math.ceil(width / columns)) : 1;
}
