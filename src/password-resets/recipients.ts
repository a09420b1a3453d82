import * as v from 'valibot';
import { createCognitoIndex } from '../bulk/cognito-index.ts';
import { createWorkosIndex } from '../bulk/workos-index.ts';
import { openTemporaryDatabase } from '../sqlite/temporary.ts';
import { inTransaction } from '../sqlite/transaction.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { Eligibility } from './eligibility.ts';

/**
 * What becomes of one WorkOS user's mail in this run. `due`: not begun. The others are results, of
 * this run or (`already_sent`, and what is in the log) of earlier ones.
 */
export type MailOutcome = 'due' | 'sent' | 'already_sent' | 'in_doubt' | 'not_allowed' | 'failed';

/** A WorkOS user who gets, or would get, a mail; `sub` is the Cognito profile it is for. */
export type Mail = { position: number; workosUserId: string; sub: string };

/** A Cognito profile and what became of it. */
export type RecipientResult = {
  sub: string;
  workosUserId?: string;
  outcome: MailOutcome | 'same_user' | 'skipped';
  reason?: string;
};

/** Why a profile that may be eligible is left out all the same. */
const NOT_IN_FILE = 'not_in_file';

/**
 * Both sides of one run, on disk and gone with the process: memory stays flat at a million users, and
 * the emails in it leave no file behind.
 */
export type Recipients = ReturnType<typeof createRecipients>;

const mailRowSchema = v.object({
  position: v.number(),
  workos_user_id: v.string(),
  sub: v.string(),
});
const outcomes = v.picklist(['due', 'sent', 'already_sent', 'in_doubt', 'not_allowed', 'failed']);
const resultRowSchema = v.object({
  sub: v.string(),
  workos_user_id: v.nullable(v.string()),
  outcome: v.union([outcomes, v.picklist(['same_user', 'skipped'])]),
  reason: v.nullable(v.string()),
});
const countSchema = v.object({ count: v.number() });
const countRowSchema = v.object({
  outcome: resultRowSchema.entries.outcome,
  reason: v.string(),
  count: v.number(),
});

const SCHEMA = `
  CREATE TABLE profiles (
    position INTEGER PRIMARY KEY, sub TEXT NOT NULL UNIQUE, workos_user_id TEXT,
    reason TEXT, is_primary INTEGER NOT NULL, is_named INTEGER NOT NULL
  );
  CREATE TABLE mails (
    position INTEGER PRIMARY KEY, workos_user_id TEXT NOT NULL UNIQUE, sub TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT 'due', reason TEXT
  );
  CREATE VIEW results AS SELECT profiles.position, profiles.sub, profiles.workos_user_id, is_named,
    CASE WHEN profiles.reason IS NOT NULL THEN 'skipped'
      WHEN mails.sub <> profiles.sub THEN 'same_user' ELSE mails.outcome END AS outcome,
    coalesce(profiles.reason, CASE WHEN mails.sub = profiles.sub THEN mails.reason END) AS reason
    FROM profiles LEFT JOIN mails ON mails.workos_user_id = profiles.workos_user_id;`;

export function createRecipients() {
  const db = openTemporaryDatabase();
  db.exec(SCHEMA);
  const index = createWorkosIndex(db);
  const profiles = createCognitoIndex(db);
  const put = db.prepare(`INSERT OR REPLACE INTO profiles
    (sub, workos_user_id, reason, is_primary, is_named) VALUES (?, ?, ?, ?, ?)`);
  const next = db.prepare(`SELECT position, workos_user_id, sub FROM mails
    WHERE outcome = 'due' AND position > ? ORDER BY position LIMIT 1`);
  const mails = db.prepare('SELECT position, workos_user_id, sub FROM mails ORDER BY position');
  const settle = db.prepare('UPDATE mails SET outcome = ?, reason = ? WHERE workos_user_id = ?');
  const some = db.prepare('SELECT * FROM results WHERE outcome = ? ORDER BY position LIMIT ?');
  const all = db.prepare('SELECT * FROM results ORDER BY position');
  const counts = db.prepare(`SELECT outcome, coalesce(reason, '') AS reason, count(*) AS count
    FROM results GROUP BY 1, 2 ORDER BY 3 DESC, 2`);
  // Named, and mailed through no other profile either.
  db.exec(`CREATE VIEW left_out AS SELECT * FROM results WHERE outcome = 'skipped' AND is_named = 1
    AND (workos_user_id IS NULL OR workos_user_id NOT IN (SELECT workos_user_id FROM mails))`);
  const leftOut = db.prepare('SELECT * FROM left_out ORDER BY position LIMIT ?');
  const mailCount = db.prepare('SELECT count(*) AS count FROM mails');
  const leftOutCount = db.prepare('SELECT count(*) AS count FROM left_out');

  return {
    db,
    /** All WorkOS users, and all Cognito profiles that could be read. */
    index,
    profiles,
    putUser(user: ObservedUser, eligibility: Eligibility, isNamed: boolean): void {
      const { workosUser } = eligibility;
      const reason = eligibility.kind === 'skipped' ? eligibility.reason : null;
      const isPrimary = workosUser?.externalId === user.sub ? 1 : 0;
      const left = isNamed ? reason : NOT_IN_FILE;
      put.run(user.sub, workosUser?.id ?? null, left, isPrimary, isNamed ? 1 : 0);
    },
    /** A record of Cognito's that cannot be read. */
    putUnreadable: (sub: string): void => void put.run(sub, null, 'unreadable', 0, 0),
    /** One mail for each WorkOS user with an eligible profile; the primary one where there are more. */
    planMails(): void {
      db.exec(`INSERT OR IGNORE INTO mails (workos_user_id, sub)
        SELECT workos_user_id, sub FROM profiles WHERE reason IS NULL
        ORDER BY is_primary DESC, position`);
    },
    *mails(): Generator<Mail> {
      for (const row of mails.iterate()) yield toMail(row);
    },
    nextDue(after: number): Mail | undefined {
      const row = next.get(after);
      return row === undefined ? undefined : toMail(row);
    },
    settle(workosUserId: string, outcome: MailOutcome, reason?: string): void {
      settle.run(outcome, reason ?? null, workosUserId);
    },
    /** The profile a mail is for, as the pool's listing showed it. */
    userOf({ sub }: Mail): ObservedUser {
      const user = profiles.get(sub);
      if (!user) throw new Error(`no profile ${sub}`);
      return user;
    },
    mailCount: () => v.parse(countSchema, mailCount.get()).count,
    counts: () => counts.all().map((row) => v.parse(countRowSchema, row)),
    some: (outcome: RecipientResult['outcome'], limit: number): RecipientResult[] =>
      some.all(outcome, limit).map(toResult),
    *all(): Generator<RecipientResult> {
      for (const row of all.iterate()) yield toResult(row);
    },
    leftOut: (limit: number): { count: number; items: RecipientResult[] } => ({
      count: v.parse(countSchema, leftOutCount.get()).count,
      items: leftOut.all(limit).map(toResult),
    }),
    /** All of `work`, or none: and much faster than one by one. */
    together: <T>(work: () => T): T => inTransaction(db, work),
    close: () => db.close(),
  };
}

function toMail(row: unknown): Mail {
  const { position, workos_user_id: workosUserId, sub } = v.parse(mailRowSchema, row);
  return { position, workosUserId, sub };
}

function toResult(row: unknown): RecipientResult {
  const { sub, workos_user_id: workosUserId, outcome, reason } = v.parse(resultRowSchema, row);
  return {
    sub,
    ...(workosUserId !== null && { workosUserId }),
    outcome,
    ...(reason !== null && { reason }),
  };
}
