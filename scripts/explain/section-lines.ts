import { type Screen, wrapText } from '../shared/screen.ts';
import { toTerminalText } from '../shared/text.ts';
import type { Section } from './section.ts';

/** The widest cell of a table that goes into a file. */
const WIDEST_CELL = 48;
/** The narrowest that can be read. */
const NARROWEST_CELL = 16;
const GAP = 2;

/** A section as lines: an empty one, its title, and what it has. */
export function sectionToLines(section: Section | undefined, screen: Screen): string[] {
  if (!section) return [];
  const { title, lines, rows = [], table = [] } = section;
  const width = Math.max(0, ...rows.map(([label]) => label.length)) + GAP;
  return [
    '',
    screen.paint('bold', toTerminalText(title)),
    ...lines.flatMap((line) => wrapText(`  ${toTerminalText(line)}`, screen)),
    ...rows.flatMap(([label, text]) =>
      besideLabel(label, wrapText(toTerminalText(text), narrower(screen, width + GAP)), width),
    ),
    ...tableToLines(table, screen),
  ].map((line) => line.trimEnd());
}

/** A label, and lines beside it that begin below each other. */
export function besideLabel(label: string, lines: readonly string[], width: number): string[] {
  return lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(width)}${line}`);
}

export function narrower({ columns }: Pick<Screen, 'columns'>, by: number) {
  return { columns: Math.max(NARROWEST_CELL, columns - by) };
}

function tableToLines(table: Section['table'] = [], screen: Screen): string[] {
  const [head = [], ...rows] = table.map((row) => row.map(toTerminalText));
  const label = Math.max(0, ...rows.map(([first = '']) => first.length)) + GAP;
  const share = Math.floor((screen.columns - label - GAP) / Math.max(1, head.length - 1)) - GAP;
  const columns = Math.max(NARROWEST_CELL, Math.min(WIDEST_CELL, share));
  return [head, ...rows].flatMap(([first = '', ...texts]) => {
    const cells = texts.map((text) => wrapText(text, { columns }));
    const height = Math.max(0, ...cells.map(({ length }) => length));
    const lines = Array.from({ length: height }, (_, line) =>
      cells.map((cell) => (cell[line] ?? '').padEnd(columns + GAP)).join(''),
    );
    return besideLabel(first, lines, label);
  });
}
