import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
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

/** The same for every name of a file, links too. */
async function fileKey(path: string): Promise<string> {
  const stats = await stat(path).catch(() => undefined);
  return stats ? `${stats.dev}:${stats.ino}` : resolve(path);
}
