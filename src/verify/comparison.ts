import * as v from 'valibot';
import { type CognitoIndex, createCognitoIndex } from '../bulk/cognito-index.ts';
import { type BulkSkipReason, isBulkSkipReason } from '../bulk/skip-advice.ts';
import { createWorkosIndex, type WorkosIndex } from '../bulk/workos-index.ts';
import type { ComparisonSetting } from '../compare/both-sides.ts';
import { compareUser } from '../compare/compare-user.ts';
import type { ComparisonVerdict } from '../compare/verdict.ts';
import { openTemporaryDatabase } from '../sqlite/temporary.ts';
import { inTransaction } from '../sqlite/transaction.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { SourceProblem } from '../user/user-record.ts';
import { type Accepted, createAccepted } from './accepted.ts';
import { createFindings, type Findings } from './findings.ts';
import { createOrphans, type Orphans } from './orphans.ts';
import { createPeopleCounts, type PeopleCounts } from './people-counts.ts';
import { readUserBalance, type UserBalance } from './user-balance.ts';
import { userToFacts } from './user-facts.ts';

/**
 * What a verification has read of both sides, and its verdict about each user, in a temporary database: a
 * million users need no memory, and the emails in it leave no file behind.
 */
export interface Comparison {
  /** All WorkOS users. */
  readonly index: WorkosIndex;
  /** All Cognito users that could be read. */
  readonly profiles: CognitoIndex;
  readonly findings: Findings;
  readonly orphans: Orphans;
  readonly accepted: Accepted;
  readonly people: PeopleCounts;
  /** Drops all verdicts. What was listed, what could not be read and what WorkOS has refused stay. */
  clearVerdicts(): void;
  /** Runs `work` as one transaction: all of it is kept, or none. */
  together<T>(work: () => T): T;
  /** Compares a listed user with WorkOS, by what is in the index, and notes the verdict in place of an earlier one. */
  judge(user: ObservedUser): ComparisonVerdict;
  /** Notes a verdict that only the ledger gives. */
  note(user: ObservedUser, verdict: ComparisonVerdict): void;
  /** The user is gone from Cognito. */
  forget(sub: string): void;
  addProblem(problem: SourceProblem): void;
  problems(): Iterable<SourceProblem>;
  problemCount(): number;
  /** Cognito users that could be read, each once. */
  checked(): number;
  /** Users that the mirror leaves out, by reason. */
  skipped(): Partial<Record<BulkSkipReason, number>>;
  /** Those of them that WorkOS has all the same. */
  skippedInWorkosCount(): number;
  skippedInWorkos(): Iterable<{ sub: string; reason: BulkSkipReason; workosUserId: string }>;
  /** Each Cognito user that could be read and is mirrored, or should be, in one of these or in a finding. */
  agreement(): { agreeing: number; otherProfilesMissing: number; acceptedUsers: number };
  /** Users who sign in with a password and are mirrored, by username. */
  passwordUsers(limit: number): Iterable<{ sub: string; username: string; email?: string }>;
  passwordUserCount(): number;
  /** People who have signed in at WorkOS; `differing`: whose names or email are no longer Cognito's. */
  crossedOver(): { count: number; differing: number };
  /** From Cognito's count to WorkOS's. */
  balance(userPoolId: string): UserBalance;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE cognito_users (
    sub TEXT PRIMARY KEY, username TEXT, email TEXT, state TEXT NOT NULL, place TEXT NOT NULL,
    workos_id TEXT, person TEXT NOT NULL, password INTEGER NOT NULL, providers TEXT NOT NULL,
    crossed_over TEXT, email_problem TEXT, no_mail TEXT
  ) WITHOUT ROWID;
  CREATE TABLE problems (id TEXT PRIMARY KEY, place TEXT NOT NULL, reason TEXT NOT NULL, sub TEXT);`;

const countSchema = v.object({ count: v.number() });
const crossedOverSchema = v.object({ count: v.number(), differing: v.number() });
const skipReasonSchema = v.custom<BulkSkipReason>(
  (text) => typeof text === 'string' && isBulkSkipReason(text),
);
const skippedSchema = v.object({ state: skipReasonSchema, count: v.number() });
const skippedUserSchema = v.object({
  sub: v.string(),
  state: skipReasonSchema,
  workos_id: v.string(),
});
const passwordUserSchema = v.object({
  sub: v.string(),
  username: v.string(),
  email: v.nullable(v.string()),
});
const problemSchema = v.object({
  place: v.string(),
  reason: v.string(),
  sub: v.nullable(v.string()),
});

/** What is neither of these is the reason of a skip. */
const STATES = { mirrored: 'mirrored', unreadable: 'unreadable' } as const;
const IS_SKIPPED = `state NOT IN ('${STATES.mirrored}', '${STATES.unreadable}')`;
const IS_SKIPPED_IN_WORKOS = `${IS_SKIPPED} AND workos_id IS NOT NULL`;
const HAS_PASSWORD = `password = 1 AND state = '${STATES.mirrored}'`;

/** @param rules by which users are compared; `isLive`: the observations are of now, not exported. */
export function createComparison({
  rules,
  isLive,
}: Pick<ComparisonSetting, 'rules' | 'isLive'>): Comparison {
  const db = openTemporaryDatabase();
  db.exec(SCHEMA);
  const index = createWorkosIndex(db);
  const findings = createFindings(db);
  const orphans = createOrphans(db);
  const profiles = createCognitoIndex(db);
  const accepted = createAccepted(db);
  const setting = { index, profiles, rules, isLive };
  const insert = db.prepare(
    'INSERT OR IGNORE INTO cognito_users VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const remove = db.prepare(
    `DELETE FROM cognito_users WHERE sub = ? AND state <> '${STATES.unreadable}'`,
  );
  const addProblem = db.prepare('INSERT OR REPLACE INTO problems VALUES (?, ?, ?, ?)');
  const count = (query: string) => v.parse(countSchema, db.prepare(query).get()).count;

  function note(user: ObservedUser, verdict: ComparisonVerdict): void {
    const { sub, username, email = null } = user;
    const facts = userToFacts(user, verdict, setting);
    remove.run(sub);
    findings.remove(sub);
    const { changes } = insert.run(
      sub,
      username,
      email,
      stateOf(verdict),
      facts.place,
      facts.workosUserId ?? null,
      facts.person,
      facts.password ? 1 : 0,
      JSON.stringify(facts.providers),
      verdict.kind === 'inSync' ? (verdict.crossedOver ?? null) : null,
      facts.emailProblem ?? null,
      facts.noMail ?? null,
    );
    // A record of the same user that could not be read stays a finding of its own.
    if (changes > 0) findings.put(user, verdict);
  }

  return {
    index,
    profiles,
    findings,
    orphans,
    accepted,
    people: createPeopleCounts(db),
    judge(user) {
      const verdict = compareUser(user, setting);
      note(user, verdict);
      return verdict;
    },
    note,
    forget(sub) {
      remove.run(sub);
      findings.remove(sub);
      profiles.remove(sub);
    },
    clearVerdicts() {
      accepted.clear();
      db.exec(`DELETE FROM cognito_users WHERE state <> '${STATES.unreadable}'`);
      findings.clear();
      orphans.clear();
    },
    together: (work) => inTransaction(db, work),
    addProblem({ where, reason, sub }) {
      // A listing that had to start over shows it again, in the same place.
      addProblem.run(sub ?? where, where, reason, sub ?? null);
      // The user is not gone from Cognito, though its record cannot be read.
      if (sub === undefined) return;
      const { unreadable } = STATES;
      insert.run(sub, null, null, unreadable, unreadable, null, sub, 0, '[]', null, null, null);
    },
    *problems() {
      for (const row of db.prepare('SELECT * FROM problems').iterate()) {
        const { place, reason, sub } = v.parse(problemSchema, row);
        yield { where: place, reason, ...(sub !== null && { sub }) };
      }
    },
    problemCount: () => count('SELECT count(*) AS count FROM problems'),
    checked: () =>
      count(`SELECT count(*) AS count FROM cognito_users WHERE state <> '${STATES.unreadable}'`),
    skipped() {
      const query = `SELECT state, count(*) AS count FROM cognito_users WHERE ${IS_SKIPPED} GROUP BY 1`;
      const rows = db.prepare(query).all();
      const counts = rows.map((row) => v.parse(skippedSchema, row));
      return Object.fromEntries(counts.map(({ state, count }) => [state, count]));
    },
    agreement() {
      const primaryGone =
        'SELECT sub FROM orphans WHERE sub IS NOT NULL AND sub NOT IN (SELECT sub FROM findings)';
      const isAccepted = 'sub IN (SELECT sub FROM accepted WHERE sub IS NOT NULL)';
      const mirrored = `SELECT count(*) AS count FROM cognito_users WHERE state = '${STATES.mirrored}'`;
      const missing = `SELECT count(*) - count(DISTINCT email) AS count FROM findings
        WHERE kind = 'missing'`;
      return {
        agreeing: count(`${mirrored} AND NOT ${isAccepted} AND sub NOT IN (${primaryGone})
          AND sub NOT IN (SELECT sub FROM findings)`),
        otherProfilesMissing: count(missing),
        acceptedUsers: count(`${mirrored} AND ${isAccepted}`),
      };
    },
    skippedInWorkosCount: () =>
      count(`SELECT count(*) AS count FROM cognito_users WHERE ${IS_SKIPPED_IN_WORKOS}`),
    *skippedInWorkos() {
      const query = `SELECT sub, state, workos_id FROM cognito_users WHERE ${IS_SKIPPED_IN_WORKOS}`;
      for (const row of db.prepare(query).iterate()) {
        const { sub, state, workos_id } = v.parse(skippedUserSchema, row);
        yield { sub, reason: state, workosUserId: workos_id };
      }
    },
    *passwordUsers(limit) {
      const query = `SELECT sub, username, email FROM cognito_users WHERE ${HAS_PASSWORD} LIMIT ?`;
      for (const row of db.prepare(query).iterate(limit)) {
        const { email, ...user } = v.parse(passwordUserSchema, row);
        yield { ...user, ...(email !== null && { email }) };
      }
    },
    passwordUserCount: () =>
      count(`SELECT count(*) AS count FROM cognito_users WHERE ${HAS_PASSWORD}`),
    crossedOver() {
      const query = `SELECT count(*) AS count, coalesce(sum(crossed_over = 'differs'), 0) AS differing
        FROM cognito_users WHERE crossed_over IS NOT NULL`;
      return v.parse(crossedOverSchema, db.prepare(query).get());
    },
    balance: (userPoolId) => readUserBalance(db, userPoolId),
    close: () => db.close(),
  };
}

function stateOf(verdict: ComparisonVerdict): string {
  if (verdict.kind === 'skipped') return verdict.reason;
  return verdict.kind === 'newerInWorkos' ? 'newer_in_workos' : STATES.mirrored;
}
