import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as v from 'valibot';
import type { DeadLetter } from './dead-letter-queue.ts';
import { lockFile } from './lock-file.ts';
import { RedriveError } from './queue-error.ts';

/** The file cannot be used or written: no dead letter is deleted. */
export class DiscardFileError extends RedriveError {
  override name = 'DiscardFileError';
  constructor(message: string, cause?: unknown) {
    super('fatal', message, cause);
  }
}

/** The file that discarded dead letters are moved to, one JSON object a line. */
export type DiscardFile = {
  /**
   * Returns once the dead letter is on the disk: then it may be deleted from the queue. One that an earlier
   * run has written is not written again.
   *
   * @throws DiscardFileError
   */
  keep(deadLetter: DeadLetter): Promise<void>;
} & AsyncDisposable;

const lineSchema = v.object({ messageId: v.string(), reason: v.string(), body: v.string() });
/** What every line begins with. */
const LINE_START = '{"messageId":"';
const NEWLINE = 0x0a;
/** In bytes: a message has 1 MiB at most (SQS developer guide, quotas), and is longer with its escapes. */
const LONGEST_LINE = 16 * 1_048_576;
/** What JSON leaves as it is, and some programs take for the end of a line. */
const LINE_SEPARATORS = /[\u0085\u2028\u2029]/g;

/**
 * Opens the file, which is appended to and readable for its owner alone: the messages hold personal data. A line
 * that an earlier run could not finish (a full disk, a power cut) is cut off: its message is still in the queue,
 * because a message is deleted only after its whole line is on the disk.
 *
 * @throws DiscardFileError where it cannot be written, holds something else, or another run has it open.
 */
export async function openDiscardFile(path: string): Promise<DiscardFile> {
  const lock = await lockFile(path).catch((cause) => {
    throw cannotWrite(path, cause);
  });
  if (!lock) {
    throw new DiscardFileError(
      `${path} is in use by another redrive (${path}.lock): wait for its end, or give another file`,
    );
  }
  try {
    const handle = await openForAppending(path);
    try {
      return await readKept(path, handle, lock);
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    lock[Symbol.dispose]();
    throw error instanceof DiscardFileError ? error : cannotWrite(path, error);
  }
}

async function openForAppending(path: string): Promise<FileHandle> {
  const handle = await open(path, 'a+', 0o600);
  try {
    if (!(await handle.stat()).isFile()) throw new DiscardFileError(`${path} is not a file`);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readKept(path: string, handle: FileHandle, lock: Disposable): Promise<DiscardFile> {
  const { ids, unfinished, size } = await readLines(path, handle);
  await handle.chmod(0o600);
  if (unfinished > 0) await handle.truncate(size - unfinished);
  // What an earlier run has written may not have reached the disk, nor the file its folder.
  await handle.sync();
  await syncFolder(path);
  let end = size - unfinished;
  let queue = Promise.resolve();

  async function append(deadLetter: DeadLetter): Promise<void> {
    if (ids.has(deadLetter.messageId)) return;
    const line = Buffer.from(toLine(deadLetter));
    try {
      await handle.appendFile(line);
      await handle.sync();
    } catch (error) {
      await handle.truncate(end).catch(() => {});
      throw cannotWrite(path, error);
    }
    end += line.length;
    ids.add(deadLetter.messageId);
  }

  return {
    keep(deadLetter) {
      const kept = queue.then(() => append(deadLetter));
      queue = kept.catch(() => {});
      return kept;
    },
    async [Symbol.asyncDispose]() {
      await queue;
      await handle.close();
      lock[Symbol.dispose]();
    },
  };
}

/** @returns the ids of the messages, and how many bytes at the end are the beginning of a line. */
async function readLines(path: string, handle: FileHandle) {
  const ids = new Set<string>();
  let rest = Buffer.alloc(0);
  const refuse = () =>
    new DiscardFileError(
      `${path} holds something else than discarded messages (line ${ids.size + 1}): give a new file`,
    );
  for await (const chunk of handle.createReadStream({ start: 0, autoClose: false })) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      const id = lineToId(rest.toString('utf8', 0, end));
      if (id === undefined) throw refuse();
      ids.add(id);
      rest = rest.subarray(end + 1);
    }
    if (rest.length > LONGEST_LINE) throw refuse();
  }
  if (!isBeginning(rest.toString('utf8'))) throw refuse();
  const { size } = await handle.stat();
  return { ids, size, unfinished: rest.length };
}

function isBeginning(line: string): boolean {
  return line.startsWith(LINE_START) || LINE_START.startsWith(line);
}

function lineToId(line: string): string | undefined {
  try {
    const parsed = v.safeParse(lineSchema, JSON.parse(line));
    return parsed.success ? parsed.output.messageId : undefined;
  } catch {
    return undefined;
  }
}

function toLine({ messageId, reason, sub, sentAt, attributes, body }: DeadLetter): string {
  const kept = {
    messageId,
    reason,
    ...(sub !== undefined && { sub }),
    ...(sentAt !== undefined && { sentAt }),
    attributes: attributes?.system ?? {},
    messageAttributes: attributes?.message ?? {},
    body,
  };
  const line = JSON.stringify(kept).replace(
    LINE_SEPARATORS,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${line}\n`;
}

/** A new file is safe only once its folder is on the disk too; not every file system can do that. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}

function cannotWrite(path: string, cause: unknown): DiscardFileError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new DiscardFileError(
    `${path} cannot be written (${why}): what is not in it is still in the dead-letter queue`,
    cause,
  );
}
