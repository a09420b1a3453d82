import type { DatabaseSync } from 'node:sqlite';

/** Runs `work` as one transaction: all of it is kept, or none where it throws. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN');
  try {
    const value = work();
    db.exec('COMMIT');
    return value;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** The same for `work` that waits; nothing else may use the database meanwhile. */
export async function inAsyncTransaction<T>(db: DatabaseSync, work: () => Promise<T>): Promise<T> {
  db.exec('BEGIN');
  try {
    const value = await work();
    db.exec('COMMIT');
    return value;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** A full disk has SQLite roll back by itself; a second time would hide why (SQLite, lang_transaction). */
function rollBack(db: DatabaseSync): void {
  if (db.isTransaction) db.exec('ROLLBACK');
}
