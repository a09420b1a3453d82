import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStateFile, StateError } from '../../src/sqlite/state-file.ts';
import { openTemporaryDatabase } from '../../src/sqlite/temporary.ts';
import { inAsyncTransaction, inTransaction } from '../../src/sqlite/transaction.ts';

let directory: string;
let db: DatabaseSync;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sqlite-'));
  db = openTemporaryDatabase();
  db.exec('CREATE TABLE numbers (number INTEGER PRIMARY KEY)');
});
afterEach(() => {
  db.close();
  rmSync(directory, { recursive: true });
});

const add = (number: number) => db.prepare('INSERT INTO numbers VALUES (?)').run(number);
const numbers = () => db.prepare('SELECT number FROM numbers').all();

describe('a transaction', () => {
  it('keeps all of its work', () => {
    expect(inTransaction(db, () => [add(1), add(2)])).toHaveLength(2);
    expect(numbers()).toHaveLength(2);
  });

  it('keeps none of its work when that throws, and the database stays usable', () => {
    const work = () => {
      add(1);
      throw new Error('in the middle');
    };
    expect(() => inTransaction(db, work)).toThrow('in the middle');
    expect(numbers()).toEqual([]);
    inTransaction(db, () => add(3));
    expect(numbers()).toHaveLength(1);
  });

  it('keeps none of its asynchronous work when that rejects', async () => {
    const work = async () => {
      add(1);
      await Promise.resolve();
      throw new Error('in the middle');
    };
    await expect(inAsyncTransaction(db, work)).rejects.toThrow('in the middle');
    expect(numbers()).toEqual([]);
    await inAsyncTransaction(db, async () => add(3));
    expect(numbers()).toHaveLength(1);
  });

  it('throws its own error where SQLite has rolled back already', () => {
    const work = () => {
      db.exec('ROLLBACK');
      throw new Error('the disk is full');
    };
    expect(() => inTransaction(db, work)).toThrow('the disk is full');
  });
});

describe('a state file', () => {
  const setUp = (opened: DatabaseSync) => opened.exec('CREATE TABLE IF NOT EXISTS a (b)');

  it('can be read by its owner alone, also when it was there before with another mode', () => {
    const file = join(directory, 'state.sqlite');
    writeFileSync(file, '', { mode: 0o644 });
    openStateFile(file, { setUp }).close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is refused with what to do when it is a directory', () => {
    expect(() => openStateFile(directory, { setUp })).toThrow(StateError);
    expect(() => openStateFile(directory, { setUp })).toThrow(/is not a file.*--state/);
  });

  it('is not made by a reader', () => {
    const path = ':memory:';
    openStateFile(join(directory, 'none.sqlite'), { path, isReadOnly: true, setUp }).close();
    expect(readdirSync(directory)).toEqual([]);
  });
});
