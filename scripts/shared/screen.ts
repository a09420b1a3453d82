import { styleText } from 'node:util';
import cliTruncate from 'cli-truncate';

type Style = Parameters<typeof styleText>[0];

/** What a result for people is written to. */
export type Screen = {
  /** Colours the text on a terminal that shows colours; NO_COLOR and FORCE_COLOR are respected. */
  paint(style: Style, text: string): string;
  /** The width of a line; unlimited where the text goes into a file or another program. */
  columns: number;
};

type OutputStream = NodeJS.WritableStream & {
  isTTY?: boolean | undefined;
  columns?: number | undefined;
};

/** Of a terminal that does not say its width. */
const DEFAULT_COLUMNS = 80;

export function createScreen(stream: OutputStream): Screen {
  return {
    paint: (style, text) => styleText(style, text, { stream, validateStream: true }),
    columns: stream.isTTY ? stream.columns || DEFAULT_COLUMNS : Number.POSITIVE_INFINITY,
  };
}

/** A line that may have colours in it, cut to a width with an ellipsis; wide characters count as two. */
export function cutLine(line: string, columns: number): string {
  return Number.isFinite(columns) ? cliTruncate(line, Math.max(1, columns)) : line;
}

/** A sentence broken between words, each further line as far in as the first, and two more. */
export function wrapText(text: string, { columns }: Pick<Screen, 'columns'>): string[] {
  const indent = /^ */.exec(text)?.[0] ?? '';
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(' ')) {
    const start = lines.length === 0 ? indent : `${indent}  `;
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = `${indent}  ${word}`;
    } else {
      line = line === '' ? `${start}${word}` : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
