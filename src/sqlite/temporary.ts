import { DatabaseSync } from 'node:sqlite';

/**
 * A database for this process alone. What does not fit into SQLite's cache goes to a file with mode 600 that is
 * unlinked as soon as it is open, so that nothing is left of it however the process ends (SQLite,
 * inmemorydb: temporary databases).
 */
export function openTemporaryDatabase(): DatabaseSync {
  const db = new DatabaseSync('');
  // No run goes on with it after a crash.
  db.exec('PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF');
  return db;
}
