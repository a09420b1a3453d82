import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CommandError } from './run.ts';

/**
 * Refuses one file for two purposes: a report takes the place of the file that was there, and if that were
 * the state file, the record of what was done would be lost.
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

/** The same for every name of a file, links too; of one that is not there yet, for every name of its folder. */
async function fileKey(path: string): Promise<string> {
  const stats = await stat(path).catch(() => undefined);
  if (stats) return `${stats.dev}:${stats.ino}`;
  const folder = dirname(resolve(path));
  return join(await realpath(folder).catch(() => folder), basename(path));
}
