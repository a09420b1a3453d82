import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { OperatorError } from '../operator-error.ts';

/** The state file of a command cannot be used; the message says why and what to do. */
export class StateError extends OperatorError {
  override name = 'StateError';
}

/**
 * Makes a file that only its owner may read, before anything is in it; what SQLite puts beside it gets the
 * same mode.
 *
 * @throws StateError for what is not a file; what the file system throws.
 */
export function makePrivate(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats && !stats.isFile()) {
    throw new StateError(`${file} is not a file: name another one with --state`);
  }
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}

/** What opening a state file throws → why it cannot be used. */
export function sqliteToStateError(file: string, cause: unknown): StateError {
  if (cause instanceof StateError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new StateError(explain(file, message), { cause });
}

function explain(file: string, message: string): string {
  if (/locked|busy/i.test(message)) {
    return `another run is using the state file ${file}: wait for it, or give this one its own with --state`;
  }
  if (/not a database|malformed/i.test(message)) {
    return `${file} is not a state file: name another one with --state`;
  }
  return `the state file ${file} cannot be opened (${message}): name a path that can be written with --state`;
}
