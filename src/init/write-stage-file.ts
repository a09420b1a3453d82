import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readStageFile, type StageSettings, stageFilePath } from '../stage/stage-file.ts';
import { InitError } from './choose-pool.ts';

/** `config/<stage>.yml` as it is now, and what writing `text` would change in it. */
export type StageFileChange =
  | { kind: 'none' | 'same' }
  /** One line for each setting that would change. */
  | { kind: 'different'; changes: string[] };

/**
 * @param directory where config/ is.
 * @throws InitError where the file cannot be read.
 */
export async function compareStageFile(
  directory: string,
  stage: string,
  proposed: { text: string; settings: StageSettings },
): Promise<StageFileChange> {
  const path = join(directory, stageFilePath(stage));
  const current = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new InitError(`${path} cannot be read (${error.code})`, { cause: error });
  });
  if (current === undefined) return { kind: 'none' };
  if (current === proposed.text) return { kind: 'same' };
  return { kind: 'different', changes: changesOf(directory, stage, proposed.settings) };
}

function changesOf(directory: string, stage: string, proposed: StageSettings): string[] {
  let current: StageSettings;
  try {
    current = readStageFile(stage, directory)?.settings ?? {};
  } catch (error) {
    return [`the whole file: ${error instanceof Error ? error.message : String(error)}`];
  }
  const before = new Map(Object.entries(current));
  const after = new Map(Object.entries(proposed));
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const changes = names.flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    if (old === now) return [];
    return [
      ...(old === undefined ? [] : [`- ${name}: ${old}`]),
      ...(now === undefined ? [] : [`+ ${name}: ${now}`]),
    ];
  });
  return changes.length > 0 ? changes : ['comments and order alone'];
}

/**
 * Writes `config/<stage>.yml` beside its place and renames it: no run finds half a file. Everybody may read it; it
 * holds no secret.
 *
 * @throws InitError
 */
export async function writeStageFile(
  directory: string,
  stage: string,
  text: string,
): Promise<string> {
  const path = join(directory, stageFilePath(stage));
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await using handle = await open(temporary, 'w');
    await handle.chmod(0o644);
    await handle.writeFile(text);
    await handle.sync();
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InitError(`${path} cannot be written (${why})`, { cause });
  }
  return path;
}
