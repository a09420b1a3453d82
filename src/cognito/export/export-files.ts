import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceError } from '../user-source.ts';
import { createExportReader } from './export-reader.ts';
import type { AssembledRecord } from './record-assembler.ts';

/** `modifiedAt` in milliseconds since the epoch; `size` in bytes. */
export type ExportFile = { name: string; path: string; modifiedAt: number; size: number };

/**
 * The `users_N.json` files of a folder, in the order of N. All others are ignored.
 * @throws SourceError when the folder cannot be read or has no such file.
 */
export async function listExportFiles(directory: string): Promise<ExportFile[]> {
  const names = await readdir(directory).catch((cause: NodeJS.ErrnoException) => {
    throw new SourceError(
      `the folder ${directory} cannot be read (${cause.code ?? cause.name}): check the path and its permissions`,
      { cause },
    );
  });
  const exported = names.filter((name) => fileToNumber(name) !== undefined);
  if (exported.length === 0) {
    throw new SourceError(
      `the folder ${directory} has no users_N.json files (users_1.json, users_2.json…): give the folder they were exported to`,
    );
  }
  exported.sort((a, b) => (fileToNumber(a) ?? 0) - (fileToNumber(b) ?? 0) || a.localeCompare(b));
  return Promise.all(
    exported.map(async (name) => {
      const path = join(directory, name);
      // One that cannot even be looked at is named when its turn comes.
      const { mtimeMs, size } = await stat(path).catch(() => ({ mtimeMs: 0, size: 0 }));
      return { name, path, modifiedAt: Math.round(mtimeMs), size };
    }),
  );
}

/** The N of `users_N.json`; undefined for every other name. */
export function fileToNumber(name: string): number | undefined {
  const digits = /^users_(\d+)\.json$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** A record of a file, or why there are no more of them. */
export type FileItem = AssembledRecord | { kind: 'broken'; reason: string };

/**
 * The records of a file, read in pieces of 64 KB. A file that breaks off or cannot be read gives what
 * stands before that, and then one `broken`.
 * @throws the signal's reason when aborted.
 */
export async function* readExportFile(
  file: ExportFile,
  signal?: AbortSignal,
): AsyncGenerator<FileItem> {
  const reader = createExportReader();
  let isEmpty = true;
  const stream = createReadStream(file.path, { encoding: 'utf8', ...(signal && { signal }) });
  try {
    for await (const chunk of stream) {
      const text: string = isEmpty ? String(chunk).replace(/^\uFEFF/, '') : String(chunk);
      isEmpty &&= text.trim() === '';
      yield* reader.read(text);
    }
  } catch (error) {
    signal?.throwIfAborted();
    yield { kind: 'broken', reason: brokenBy(error) };
    return;
  }
  const { listSeen, complete } = reader.state();
  if (isEmpty) yield { kind: 'broken', reason: 'the file is empty' };
  else if (!complete)
    yield { kind: 'broken', reason: 'the file ends before its list of users does' };
  else if (!listSeen) yield { kind: 'broken', reason: 'the file has no list of users ("Users")' };
}

/** The parser's messages say what it has expected, never what it has found; its errors have no code. */
function brokenBy(error: unknown): string {
  if (!(error instanceof Error)) return 'the file cannot be read';
  return 'code' in error
    ? `the file cannot be read (${error.code})`
    : `the file is not JSON from here on (${error.message})`;
}

/** As much of the first file is looked at as this many bytes hold. */
const SAMPLE_BYTES = 262_144;

/** From the density of records in the first file and the size of all; undefined when there is none. */
export async function estimateRecords(files: ExportFile[]): Promise<number | undefined> {
  const first = files.find(({ size }) => size > 0);
  if (!first) return undefined;
  await using handle = await open(first.path);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
  const sample = buffer.toString('latin1', 0, bytesRead);
  const records = sample.match(/"Username"\s*:/g)?.length ?? 0;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return records === 0 ? undefined : Math.round((records / bytesRead) * bytes);
}
