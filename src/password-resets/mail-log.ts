import { resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { openStateFile, StateError, stateFileSize } from '../sqlite/state-file.ts';
import { inTransaction } from '../sqlite/transaction.ts';

/** What is known of one WorkOS user's mail. `asked` is the request whose answer is not noted (yet). */
type MailNote = {
  outcome: 'asked' | 'sent' | 'in_doubt' | 'not_allowed';
  reason?: string;
};

/**
 * Who has been mailed, on disk, by WorkOS user, so that no user gets two mails. It holds
 * ids and marks, never an email or a key. Every note is durable when its method returns.
 */
export interface MailLog {
  find(workosUserId: string): MailNote | undefined;
  /** The mark that was last to be written to this WorkOS user by a run with this log. */
  markOf(workosUserId: string): string | undefined;
  /**
   * The request is about to leave.
   *
   * @param options.again the user is meant to be mailed once more.
   * @throws StateError for a user whose mail is known to be sent, unless `again`.
   */
  ask(workosUserId: string, sub: string, mark: string, options?: { again?: boolean }): void;
  settle(workosUserId: string, note: MailNote): void;
  /** The request surely sent no mail: an earlier doubt or mail is restored, otherwise the note is removed. */
  release(workosUserId: string): void;
  workosUserIds(): Iterable<string>;
  count(outcome: MailNote['outcome']): number;
  close(): void;
}

/** In the column `doubt`, of a user who is mailed once more: what there was before. */
const SENT_BEFORE = 'sent_before';

/** "CWRP", in SQLite's header: tells this file from a seed's state and from anything else. */
const APPLICATION_ID = 0x43575250;

const noteSchema = v.object({
  outcome: v.picklist(['asked', 'sent', 'in_doubt', 'not_allowed']),
  reason: v.nullable(v.string()),
});
const markSchema = v.optional(v.object({ mark: v.string() }));
const idSchema = v.object({ workos_user_id: v.string() });
const countSchema = v.object({ count: v.number() });
const valueSchema = v.optional(v.object({ value: v.string() }));
const headerSchema = v.object({ application_id: v.number(), tables: v.number() });

/**
 * Opens the log of a pool, for this process alone until it is closed. It is bound to the pool; to the
 * WorkOS environment by the users in it, whose ids are unique, not by the key: a rotated key must not
 * make the users be mailed again.
 *
 * @param mode `read` makes no file and changes none: a missing one is an empty log.
 * @throws StateError when it is in use, belongs to another pool, or is something else.
 */
export function openMailLog(file: string, userPoolId: string, mode: 'read' | 'write'): MailLog {
  // Absolute, so that SQLite takes no name for one of its own (":memory:", "file:").
  const path = resolve(file);
  const isEmpty = stateFileSize(file, path) === 0;
  const isReadOnly = mode === 'read';
  const db = openStateFile(file, {
    path: isReadOnly && isEmpty ? ':memory:' : path,
    isReadOnly,
    setUp(opened) {
      // The lock is taken now; FULL: on the disk when a note returns.
      opened.exec('PRAGMA synchronous = FULL; BEGIN EXCLUSIVE; COMMIT');
      prepare(file, opened, userPoolId);
      prepareMarks(opened, isReadOnly);
    },
  });
  const find = db.prepare('SELECT outcome, reason FROM mails WHERE workos_user_id = ?');
  const ask = db.prepare(`INSERT INTO mails (workos_user_id, sub, outcome) VALUES (?, ?, 'asked')
    ON CONFLICT DO UPDATE SET sub = excluded.sub, outcome = 'asked', reason = NULL, doubt =
      CASE WHEN outcome = 'sent' THEN '${SENT_BEFORE}'
        WHEN outcome IN ('asked', 'in_doubt') THEN coalesce(reason, 'interrupted') END
    WHERE outcome <> 'sent' OR ?`);
  const settle = db.prepare(`INSERT INTO mails (workos_user_id, sub, outcome, reason)
    VALUES (?, '', ?, ?)
    ON CONFLICT DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason, doubt = NULL`);
  const forget = db.prepare('DELETE FROM mails WHERE workos_user_id = ? AND doubt IS NULL');
  const restore =
    db.prepare(`UPDATE mails SET reason = nullif(doubt, '${SENT_BEFORE}'), doubt = NULL,
    outcome = iif(doubt = '${SENT_BEFORE}', 'sent', 'in_doubt') WHERE workos_user_id = ?`);
  const mark = db.prepare('INSERT OR REPLACE INTO marks VALUES (?, ?)');
  const markOf = db.prepare('SELECT mark FROM marks WHERE workos_user_id = ?');
  const ids = db.prepare('SELECT workos_user_id FROM mails');
  const count = db.prepare('SELECT count(*) AS count FROM mails WHERE outcome = ?');
  const write = <T>(work: () => T): T => explained(file, work);

  return {
    find(id) {
      const row = find.get(id);
      return row === undefined ? undefined : toNote(row);
    },
    markOf: (id) => v.parse(markSchema, markOf.get(id))?.mark,
    ask(id, sub, value, { again = false } = {}) {
      const { changes } = write(() =>
        inTransaction(db, () => {
          mark.run(id, value);
          return ask.run(id, sub, again ? 1 : 0);
        }),
      );
      if (changes !== 1) throw new StateError(`${id} has been mailed before: nothing is sent`);
    },
    settle: (id, { outcome, reason }) => void write(() => settle.run(id, outcome, reason ?? null)),
    release: (id) => write(() => forget.run(id).changes === 0 && restore.run(id)),
    *workosUserIds() {
      for (const row of ids.iterate()) yield v.parse(idSchema, row).workos_user_id;
    },
    count: (outcome) => v.parse(countSchema, count.get(outcome)).count,
    close: () => db.close(),
  };
}

function prepare(file: string, db: DatabaseSync, userPoolId: string): void {
  const header = db.prepare(`SELECT application_id, (SELECT count(*) FROM sqlite_schema) AS tables
    FROM pragma_application_id`);
  const { application_id, tables } = v.parse(headerSchema, header.get());
  if (tables === 0) create(db, userPoolId);
  else if (application_id !== APPLICATION_ID) {
    throw new StateError(
      `${file} is something else than the notes of reset-passwords: name another one with --state`,
    );
  }
  const pool = db.prepare("SELECT value FROM meta WHERE key = 'userPoolId'").get();
  const known = v.parse(valueSchema, pool)?.value;
  if (known !== userPoolId) {
    throw new StateError(
      `the state file ${file} belongs to the user pool ${known}: name another one with --state`,
    );
  }
}

/** A log of a version that wrote no marks gets the table; a run that changes nothing has it in memory alone. */
function prepareMarks(db: DatabaseSync, isReadOnly: boolean): void {
  const isThere = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'marks'").get();
  if (isThere) return;
  db.exec(`CREATE ${isReadOnly ? 'TEMP ' : ''}TABLE marks (
    workos_user_id TEXT PRIMARY KEY, mark TEXT NOT NULL) WITHOUT ROWID`);
}

function create(db: DatabaseSync, userPoolId: string): void {
  inTransaction(db, () => {
    db.exec(`CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
      CREATE TABLE mails (
        workos_user_id TEXT PRIMARY KEY, sub TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT, doubt TEXT
      ) WITHOUT ROWID;
      PRAGMA application_id = ${APPLICATION_ID};`);
    db.prepare("INSERT INTO meta VALUES ('userPoolId', ?)").run(userPoolId);
  });
}

function explained<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StateError(
      `the state file ${file} cannot be written (${why}), so no further mail is sent: fix that and run the same command again`,
      { cause },
    );
  }
}

function toNote(row: unknown): MailNote {
  const { outcome, reason } = v.parse(noteSchema, row);
  return { outcome, ...(reason !== null && { reason }) };
}
