import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { OperatorError } from '../operator-error.ts';

/** The state file cannot be used; the message says why and what to do. */
export class StateError extends OperatorError {
  override name = 'StateError';
}

/**
 * Opens or makes a state file that only its owner may read, for this process alone until it is closed. A
 * process that dies releases the lock.
 *
 * @param file as the operator named it, for messages.
 * @param options.path where it is; default: `file`.
 * @param options.isReadOnly neither makes the file nor changes its mode.
 * @param options.setUp settings and schema; the database is closed when it throws.
 * @throws StateError when it is in use, cannot be written, or is no database.
 */
export function openStateFile(
  file: string,
  options: { path?: string; isReadOnly?: boolean; setUp(db: DatabaseSync): void },
): DatabaseSync {
  if (file.trim() === '') throw new StateError('--state names no file');
  const { path = file, isReadOnly = false, setUp } = options;
  let db: DatabaseSync | undefined;
  try {
    if (!isReadOnly && path !== ':memory:') makePrivate(file, path);
    db = new DatabaseSync(path);
    // Held until the process ends, however it ends: a second run is refused.
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    setUp(db);
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof StateError) throw cause;
    throw new StateError(explain(file, cause), { cause });
  }
}

/**
 * @returns its size in bytes; 0 where there is none.
 * @throws StateError for a directory, a device…
 */
export function stateFileSize(file: string, path = file): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats && !stats.isFile()) {
    throw new StateError(`${file} is not a file: name another one with --state`);
  }
  return stats?.size ?? 0;
}

/** Before anything is in it; what SQLite puts beside it gets the same mode. */
function makePrivate(file: string, path: string): void {
  stateFileSize(file, path);
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}

function explain(file: string, cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/locked|busy/i.test(message)) {
    return `another run is using the state file ${file}: wait for it, or give this one its own with --state`;
  }
  if (/not a database|malformed/i.test(message)) {
    return `${file} is not a state file: name another one with --state`;
  }
  return `the state file ${file} cannot be opened (${message}): name a path that can be written with --state`;
}
