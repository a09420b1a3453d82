import { createWriteStream } from 'node:fs';
import { chmod, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConfigurationError } from '../../src/config/environment.ts';
import { CommandError } from './run.ts';

/**
 * Refuses one file for two purposes: a report is emptied before the run, and if it were the state file
 * too, the record of what was done would be lost.
 *
 * @param files paths by the option that names them.
 * @throws CommandError
 */
export async function checkDistinctFiles(files: Record<string, string | undefined>): Promise<void> {
  const seen = new Map<string, string>();
  for (const [option, path] of Object.entries(files)) {
    if (path === undefined) continue;
    const key = await fileKey(path);
    const other = seen.get(key);
    if (other !== undefined) throw new CommandError(`${option} and ${other} name the same file`);
    seen.set(key, option);
  }
}

/** The same for every name of a file, links too. */
async function fileKey(path: string): Promise<string> {
  const stats = await stat(path).catch(() => undefined);
  return stats ? `${stats.dev}:${stats.ino}` : resolve(path);
}

/**
 * Creates the file before anything is done, so that a path that cannot be written ends the run at once.
 * The file may hold personal data, so only its owner may read it.
 *
 * @throws ConfigurationError that names the option.
 */
export async function tryOutputFile(option: string, path: string | undefined): Promise<void> {
  if (path === undefined) return;
  await writeFile(path, '', { mode: 0o600 }).catch((cause: Error) => {
    throw new ConfigurationError(option, `cannot be written (${cause.message})`);
  });
}

/** Writes a report of one JSON object a line, as its items are read; only its owner may read the file. */
export async function writeJsonLines(path: string, items: Iterable<unknown>): Promise<void> {
  if ((await stat(path)).isFile()) await chmod(path, 0o600);
  const lines = function* () {
    for (const item of items) yield `${JSON.stringify(item)}\n`;
  };
  await pipeline(Readable.from(lines()), createWriteStream(path, { mode: 0o600 }));
}
