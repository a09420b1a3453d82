import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { BULK_OUTCOMES, type BulkOutcome, type BulkResult } from '../bulk/bulk-result.ts';
import { type CognitoIndex, createCognitoIndex } from '../bulk/cognito-index.ts';
import { createWorkosIndex, type WorkosIndex } from '../bulk/workos-index.ts';
import { fieldDifferenceSchema } from '../mirror/field-difference.ts';
import { openStateFile, StateError } from '../sqlite/state-file.ts';
import { openTemporaryDatabase } from '../sqlite/temporary.ts';
import { inTransaction } from '../sqlite/transaction.ts';

type OutcomeCount = { outcome: BulkOutcome; reason: string; count: number };

/** Where a run has got to, on disk: what was done is known after any kind of end. */
export interface SeedState {
  /** True when an earlier run did not come to its end: this one goes on with it. */
  readonly resumed: boolean;
  readonly index: WorkosIndex;
  /** The Cognito users that were listed. */
  readonly profiles: CognitoIndex;
  /** Where the source is to go on, if the earlier run had got anywhere. */
  position(): string | undefined;
  setPosition(position: string): void;
  /** Whether the source has been read to its end. */
  isListed(): boolean;
  setListed(): void;
  /** Leaves a user until the source has been read to its end. */
  defer(sub: string): void;
  /** Those who were left, a hundred at a time. */
  deferredPages(): Iterable<string[]>;
  /** Whether this user needs nothing more in this run. */
  isDone(sub: string): boolean;
  record(result: BulkResult): void;
  counts(): OutcomeCount[];
  results(): Iterable<BulkResult>;
  /** The first of those for whom something was written, or would be in a dry run. */
  written(limit: number): Iterable<BulkResult>;
  /** For how many users each field was written, or would be. */
  writtenFields(): Record<string, number>;
  /** Runs `work` as one transaction: all of it is kept, or none. */
  together<T>(work: () => T): T;
  /** The run has come to its end: the next one starts from the beginning. */
  finish(): void;
  close(): void;
}

/** What a state file belongs to. */
type Binding = {
  userPoolId: string;
  /** Where WorkOS is, and a fingerprint of the key: never the key. */
  workos: string;
};

const valueSchema = v.optional(v.object({ value: v.string() }));
const resultSchema = v.object({
  sub: v.string(),
  outcome: v.picklist(BULK_OUTCOMES),
  reason: v.nullable(v.string()),
  workos_user_id: v.nullable(v.string()),
  difference: v.nullable(v.pipe(v.string(), v.parseJson(), fieldDifferenceSchema)),
});
const fieldCountSchema = v.object({ field: v.string(), count: v.number() });
const deferredSchema = v.object({ sub: v.string() });
const countSchema = v.object({
  outcome: resultSchema.entries.outcome,
  reason: v.string(),
  count: v.number(),
});

/** A one-way hash: a state file does not reveal the key. */
export function fingerprint(hostname: string, port: number, apiKey: string): string {
  const digest = createHash('sha256').update(`cognito-workos-sync\n${apiKey}`).digest('hex');
  return `${hostname}:${port} ${digest.slice(0, 16)}`;
}

/**
 * Opens or makes a state file. It holds emails, so only its owner may read it; it is locked while it
 * is open, and a process that dies lets go of it.
 *
 * @param file a path, or ':memory:'; undefined for a run that leaves nothing behind.
 * @throws StateError when it is in use, belongs to something else, or is no state file.
 */
export function openState(file: string | undefined, binding: Binding): SeedState {
  const db = file === undefined ? openTemporaryState() : openStateFile(file, { setUp });
  const get = db.prepare('SELECT value FROM meta WHERE key = ?');
  const set = db.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)');
  const meta = (key: string) => v.parse(valueSchema, get.get(key))?.value;
  try {
    if (file !== undefined) checkBinding(file, binding, meta);
  } catch (error) {
    db.close();
    throw error;
  }
  for (const [key, value] of Object.entries(binding)) set.run(key, value);
  const profiles = createCognitoIndex(db);
  const resumed = meta('running') === 'true';
  if (!resumed) {
    db.exec(`DELETE FROM results; DELETE FROM differences; DELETE FROM deferred;
      DELETE FROM meta WHERE key IN ('position', 'listed')`);
    profiles.clear();
    set.run('running', 'true');
  } else if (meta('listed') === 'true') {
    // The pool is listed again: users who came since the listing would be left out, and the run would end as if it
    // had seen all.
    db.exec("DELETE FROM meta WHERE key IN ('position', 'listed')");
  }

  const done = db.prepare("SELECT 1 FROM results WHERE sub = ? AND outcome <> 'failed'");
  const record = db.prepare('INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)');
  const defer = db.prepare('INSERT OR IGNORE INTO deferred VALUES (?)');
  const deferred = db.prepare('SELECT sub FROM deferred WHERE sub > ? ORDER BY sub LIMIT 100');
  const counts = db.prepare(
    "SELECT outcome, coalesce(reason, '') AS reason, count(*) AS count FROM results GROUP BY 1, 2",
  );
  const joined = 'SELECT results.*, difference FROM results LEFT JOIN differences USING (sub)';
  const results = db.prepare(`${joined} ORDER BY results.rowid`);
  const written = db.prepare(
    `${joined} WHERE difference IS NOT NULL ORDER BY results.rowid LIMIT ?`,
  );
  const writtenFields = db.prepare(`SELECT each.value AS field, count(*) AS count
    FROM differences, json_each(difference, '$.fields') AS each GROUP BY 1 ORDER BY 2 DESC, 1`);
  const keep = db.prepare('INSERT OR REPLACE INTO differences VALUES (?, ?)');
  return {
    resumed,
    index: createWorkosIndex(db),
    profiles,
    isListed: () => meta('listed') === 'true',
    setListed: () => void set.run('listed', 'true'),
    defer: (sub) => void defer.run(sub),
    *deferredPages() {
      for (let after = ''; ; ) {
        const page = deferred.all(after).map((row) => v.parse(deferredSchema, row).sub);
        const last = page.at(-1);
        if (last === undefined) return;
        after = last;
        yield page;
      }
    },
    position: () => meta('position'),
    setPosition: (position) => void set.run('position', position),
    isDone: (sub) => done.get(sub) !== undefined,
    record({ sub, outcome, reason, workosUserId, difference }) {
      record.run(sub, outcome, reason ?? null, workosUserId ?? null);
      if (difference) keep.run(sub, JSON.stringify(difference));
    },
    counts: () => counts.all().map((row) => v.parse(countSchema, row)),
    *results() {
      for (const row of results.iterate()) yield toResult(row);
    },
    *written(limit) {
      for (const row of written.iterate(limit)) yield toResult(row);
    },
    writtenFields() {
      const rows = writtenFields.all().map((row) => v.parse(fieldCountSchema, row));
      return Object.fromEntries(rows.map(({ field, count }) => [field, count]));
    },
    together: (work) => inTransaction(db, work),
    finish: () => void set.run('running', 'false'),
    close: () => db.close(),
  };
}

function openTemporaryState(): DatabaseSync {
  const db = openTemporaryDatabase();
  setUp(db);
  return db;
}

function setUp(db: DatabaseSync): void {
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  db.exec(`CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS results (
      sub TEXT PRIMARY KEY, outcome TEXT NOT NULL, reason TEXT, workos_user_id TEXT
    );
    CREATE TABLE IF NOT EXISTS differences (
      sub TEXT PRIMARY KEY, difference TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS deferred (sub TEXT PRIMARY KEY) WITHOUT ROWID;`);
}

function checkBinding(file: string, binding: Binding, meta: (key: string) => string | undefined) {
  const pool = meta('userPoolId');
  if (pool !== undefined && pool !== binding.userPoolId) {
    throw new StateError(
      `the state file ${file} belongs to the user pool ${pool}: name another one with --state`,
    );
  }
  const workos = meta('workos');
  if (workos !== undefined && workos !== binding.workos) {
    throw new StateError(
      `the state file ${file} belongs to another WorkOS environment or API key: name another one with --state`,
    );
  }
}

function toResult(row: unknown): BulkResult {
  const { sub, outcome, reason, workos_user_id, difference } = v.parse(resultSchema, row);
  return {
    sub,
    outcome,
    ...(reason !== null && { reason }),
    ...(workos_user_id !== null && { workosUserId: workos_user_id }),
    ...(difference !== null && { difference }),
  };
}
