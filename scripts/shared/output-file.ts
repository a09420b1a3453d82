import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, fstatSync, type Stats, type WriteStream } from 'node:fs';
import { open, realpath, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { ConfigurationError } from '../../src/config/environment.ts';
import { temporaryPath } from './temporary-paths.ts';

/** A report under way. Until `commit`, the file of that name is what it was: the last good report. */
export type OutputFile = {
  path: string;
  stream: WriteStream;
  /** Waits where the disk is slower than the writer. */
  write(text: string): Promise<void>;
  /** All is written: the file takes its name. */
  commit(): Promise<void>;
} & AsyncDisposable;

/**
 * Opened before anything is done, so that a path that cannot be written ends the run at once. Written beside
 * its place and renamed when it is whole; what it holds may be personal data: readable for its owner alone. A
 * pipe or a device (`/dev/stdout`) is written to directly.
 *
 * @param option the option that names the file, for the message.
 * @throws ConfigurationError
 */
export async function openOutputFile(option: string, path: string): Promise<OutputFile> {
  try {
    const target = await realpath(path).catch(() => path);
    const isPlace = await isReplaceable(target);
    const written = isPlace ? draftOf(target) : target;
    const file = await open(written, isPlace ? 'wx' : 'a', 0o600);
    const stream = createWriteStream('', { fd: file });
    const output = toOutputFile(path, stream, isPlace ? { written, target } : undefined);
    return {
      ...output,
      write: (text) => output.write(text).catch((cause) => throwUnwritable(option, cause)),
      commit: () => output.commit().catch((cause) => throwUnwritable(option, cause)),
    };
  } catch (cause) {
    return throwUnwritable(option, cause);
  }
}

function throwUnwritable(option: string, cause: unknown): never {
  const why = cause instanceof Error ? cause.message : String(cause);
  throw new ConfigurationError(option, `cannot be written (${why})`);
}

/** Writes one JSON object a line, as the items are read: a million of them need no memory. */
export async function writeJsonLines(
  file: Pick<OutputFile, 'write'>,
  items: Iterable<unknown>,
): Promise<void> {
  for (const item of items) await file.write(`${JSON.stringify(item)}\n`);
}

/** Random: in a container, a process that was killed and left its file had the same process id. */
function draftOf(target: string): string {
  return join(dirname(target), `.${basename(target)}.${randomBytes(4).toString('hex')}.tmp`);
}

/**
 * @throws when the path names a directory, or the file that stdout or stderr go to (`--report /dev/stdout > FILE`):
 *   the report would take its place, and the result would be lost.
 */
async function isReplaceable(target: string): Promise<boolean> {
  const stats = await stat(target).catch(() => undefined);
  if (stats?.isDirectory()) throw new Error(`${target} is a directory`);
  if (stats?.isFile() && [1, 2].some((fd) => isOpenAs(fd, stats))) {
    throw new Error(`${target} is where the output of this command goes: give another file`);
  }
  return stats === undefined || stats.isFile();
}

function isOpenAs(fd: number, { dev, ino }: Stats): boolean {
  try {
    const open = fstatSync(fd);
    return open.dev === dev && open.ino === ino;
  } catch {
    // Closed.
    return false;
  }
}

function toOutputFile(
  path: string,
  stream: WriteStream,
  place: { written: string; target: string } | undefined,
): OutputFile {
  const temporary = place && temporaryPath(place.written);
  // The write that fails says so itself; without a listener the process would end here.
  stream.on('error', () => {});
  return {
    path,
    stream,
    async write(text) {
      if (!stream.write(text)) await once(stream, 'drain');
    },
    async commit() {
      stream.end();
      await finished(stream);
      if (place) await rename(place.written, place.target);
    },
    async [Symbol.asyncDispose]() {
      stream.destroy();
      temporary?.[Symbol.dispose]();
    },
  };
}
