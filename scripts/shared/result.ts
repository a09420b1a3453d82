import { once } from 'node:events';
import type { Writable } from 'node:stream';
import packageJson from '../../package.json' with { type: 'json' };
import { toJsonText } from './text.ts';

/** A list in a command's result: a script reads the count without reading the items. */
export type ResultList<T> = { count: number; items: T[] };

export function toList<T>(items: readonly T[]): ResultList<T> {
  return { count: items.length, items: [...items] };
}

/** A list that stays where it is until it is written: a million findings need no memory. */
export class StreamedList<T> {
  readonly count: number;
  readonly items: Iterable<T>;

  constructor(count: number, items: Iterable<T>) {
    this.count = count;
    this.items = items;
  }
}

/** What every result begins with. `userPoolId`: null where the command knows none; `exit`: its exit code. */
type ResultHead = { command: string; userPoolId: string | null; exit: number };

/**
 * Writes the result of a command with `--json`: one JSON object on one line (docs/schemas has its schema).
 * Nothing else may be written to stdout.
 *
 * @param body its values are plain data, or a {@link StreamedList} at the top level.
 */
export async function writeResult(
  stream: Writable,
  { command, userPoolId, exit }: ResultHead,
  body: object,
): Promise<void> {
  const head = { command, version: packageJson.version, userPoolId, exit };
  let separator = '{';
  for (const [name, value] of Object.entries({ ...head, ...body })) {
    if (value === undefined) continue;
    await write(stream, `${separator}${toJsonText(name)}:`);
    await writeValue(stream, value);
    separator = ',';
  }
  await write(stream, '}\n');
}

async function writeValue(stream: Writable, value: unknown): Promise<void> {
  if (!(value instanceof StreamedList)) return write(stream, toJsonText(value));
  await write(stream, `{"count":${value.count},"items":[`);
  let separator = '';
  for (const item of value.items) {
    await write(stream, `${separator}${toJsonText(item)}`);
    separator = ',';
  }
  await write(stream, ']}');
}

/** Waits where the reader is slower. With `… | head`, the reader wants no more: that is no failure. */
async function write(stream: Writable, text: string): Promise<void> {
  if (stream.errored || stream.write(text)) return;
  await once(stream, 'drain').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
