import * as v from 'valibot';
import { type CognitoIndex, createCognitoIndex } from '../bulk/cognito-index.ts';
import { createWorkosIndex, type WorkosIndex } from '../bulk/workos-index.ts';
import { isFederated } from '../mirror/decide/tags.ts';
import { openTemporaryDatabase } from '../sqlite/temporary.ts';
import { inTransaction } from '../sqlite/transaction.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { SourceProblem } from '../user/user-record.ts';
import { type Accepted, createAccepted } from './accepted.ts';
import type { Verdict } from './compare-user.ts';
import { createFindings, type Findings } from './findings.ts';
import { createOrphans, type Orphans } from './orphans.ts';

/**
 * What a verification has seen of both sides, in a temporary database: a million users need no memory, and
 * the emails in it leave no file behind.
 */
export interface Comparison {
  /** All WorkOS users. */
  readonly index: WorkosIndex;
  /** All Cognito users that could be read. */
  readonly profiles: CognitoIndex;
  readonly findings: Findings;
  readonly orphans: Orphans;
  readonly accepted: Accepted;
  /** Forgets everything but what WorkOS has refused: a new look begins. */
  clear(): void;
  together<T>(work: () => T): T;
  /** @returns false for a user that was there before: nothing is noted then. */
  add(user: ObservedUser, verdict: Verdict): boolean;
  /** Notes a later look at a user in place of the earlier one. */
  replace(user: ObservedUser, verdict: Verdict): void;
  /** The user is gone from Cognito. */
  forget(sub: string): void;
  addProblem(problem: SourceProblem): void;
  problems(): Iterable<SourceProblem>;
  problemCount(): number;
  /** Cognito users that could be read, each once. */
  checked(): number;
  /** Users that the mirror leaves out, by reason. */
  skipped(): Record<string, number>;
  /** Those of them that WorkOS has all the same. */
  skippedInWorkos(): Iterable<{ sub: string; reason: string; workosUserId: string }>;
  /** Users who sign in with a password and are mirrored, by username. */
  passwordUsers(limit: number): Iterable<{ sub: string; username: string; email?: string }>;
  passwordUserCount(): number;
  /** People who have signed in at WorkOS; `differing`: whose names or email are no longer Cognito's. */
  crossedOver(): { count: number; differing: number };
  close(): void;
}

const SCHEMA = `
  CREATE TABLE cognito_users (
    sub TEXT PRIMARY KEY, username TEXT, email TEXT, password INTEGER NOT NULL, state TEXT NOT NULL,
    workos_id TEXT, crossed_over TEXT
  ) WITHOUT ROWID;
  CREATE TABLE problems (id TEXT PRIMARY KEY, place TEXT NOT NULL, reason TEXT NOT NULL, sub TEXT);`;

const countSchema = v.object({ count: v.number() });
const crossedOverSchema = v.object({ count: v.number(), differing: v.number() });
const skippedSchema = v.object({ state: v.string(), count: v.number() });
const skippedUserSchema = v.object({ sub: v.string(), state: v.string(), workos_id: v.string() });
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
const HAS_PASSWORD = `password = 1 AND state = '${STATES.mirrored}'`;

export function createComparison(): Comparison {
  const db = openTemporaryDatabase();
  db.exec(SCHEMA);
  const index = createWorkosIndex(db);
  const findings = createFindings(db);
  const orphans = createOrphans(db);
  const profiles = createCognitoIndex(db);
  const accepted = createAccepted(db);
  const insert = db.prepare('INSERT OR IGNORE INTO cognito_users VALUES (?, ?, ?, ?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM cognito_users WHERE sub = ?');
  const addProblem = db.prepare('INSERT OR REPLACE INTO problems VALUES (?, ?, ?, ?)');
  const count = (query: string) => v.parse(countSchema, db.prepare(query).get()).count;

  function add(user: ObservedUser, verdict: Verdict): boolean {
    const { sub, username, email = null } = user;
    const skippedId = verdict.kind === 'skipped' ? (verdict.of?.id ?? null) : null;
    const password = isFederated(user) ? 0 : 1;
    const state = stateOf(verdict);
    const crossedOver = verdict.kind === 'inSync' ? (verdict.crossedOver ?? null) : null;
    const { changes } = insert.run(sub, username, email, password, state, skippedId, crossedOver);
    if (changes === 0) return false;
    findings.put(user, verdict);
    return true;
  }

  function forget(sub: string): void {
    remove.run(sub);
    findings.remove(sub);
    profiles.remove(sub);
  }

  return {
    index,
    profiles,
    findings,
    orphans,
    accepted,
    clear() {
      accepted.clear();
      db.exec('DELETE FROM cognito_users; DELETE FROM problems;');
      index.clear();
      profiles.clear();
      findings.clear();
      orphans.clear();
    },
    together: (work) => inTransaction(db, work),
    add,
    replace(user, verdict) {
      forget(user.sub);
      profiles.put(user);
      add(user, verdict);
    },
    forget,
    addProblem({ where, reason, sub }) {
      // A listing that had to begin anew shows it again, in the same place.
      addProblem.run(sub ?? where, where, reason, sub ?? null);
      // Whatever is wrong with it, this user is not gone from Cognito.
      if (sub !== undefined) insert.run(sub, null, null, 0, STATES.unreadable, null, null);
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
    *skippedInWorkos() {
      const query = `SELECT sub, state, workos_id FROM cognito_users WHERE ${IS_SKIPPED} AND workos_id IS NOT NULL`;
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
    close: () => db.close(),
  };
}

function stateOf(verdict: Verdict): string {
  if (verdict.kind === 'skipped') return verdict.reason;
  return verdict.kind === 'newerInWorkos' ? 'newer_in_workos' : STATES.mirrored;
}
