import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { type ComparisonVerdict, type FindingVerdict, isFinding } from '../compare/verdict.ts';
import type { ConflictReason } from '../mirror/decide/conflicts.ts';
import { isFederated } from '../mirror/decide/tags.ts';
import { NO_DIFFERENCE } from '../mirror/field-difference.ts';
import { toAddressKey } from '../user/address.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import { type Claim, claimOf } from './claims.ts';
import type { ConflictFinding, MissingFinding, StaleUser } from './finding.ts';
import {
  conflictReasonSchema,
  type FindingRow,
  groupSchema,
  LOCKED,
  rowSchema,
  toConflict,
  toMissing,
  toStale,
} from './finding-rows.ts';

/** What differs, one finding a Cognito user, on disk. */
export interface Findings {
  /** Notes the finding of a verdict; in-sync and skipped users leave none. */
  put(user: ObservedUser, verdict: ComparisonVerdict): void;
  remove(sub: string): void;
  clear(): void;
  /** Users, not persons: twins that are both missing are two. */
  size(): number;
  /** Users that the mirror would write something for. */
  fixable(): number;
  /** Those; the ones that have their own WorkOS user come first, so that they make room. */
  fixablePages(): Iterable<ObservedUser[]>;
  /** All, in pages of a hundred; users may be put and removed in between. */
  pages(): Iterable<ObservedUser[]>;
  /** Likewise, those that WorkOS lacks. */
  missingPages(): Iterable<ObservedUser[]>;
  missing(): Iterable<MissingFinding>;
  stale(): Iterable<StaleUser>;
  conflicts(): Iterable<ConflictFinding>;
  counts(): { missing: number; stale: number; conflicts: number };
  staleFields(): Record<string, number>;
  conflictReasons(): { reason: ConflictReason; count: number }[];
  /** What WorkOS answered when this user was to be fixed; kept when all else is cleared. */
  noteRefusal(sub: string, reason: string): void;
  /** The profiles that would have, have, or wait for a WorkOS user that another one's sub is on. */
  claims(workosUserId: string): { takers: string[]; joiners: string[]; waiting: string[] };
}

const SCHEMA = `
  CREATE TABLE findings (
    sub TEXT PRIMARY KEY, kind TEXT NOT NULL, email TEXT NOT NULL, rank INTEGER NOT NULL,
    reason TEXT, difference TEXT NOT NULL, user TEXT NOT NULL,
    workos_id TEXT, workos_email TEXT, holder_external_id TEXT
  ) WITHOUT ROWID;
  CREATE INDEX findings_kind ON findings (kind, email);
  CREATE TABLE untidy (sub TEXT PRIMARY KEY, user TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE claims (sub TEXT PRIMARY KEY, workos_id TEXT NOT NULL, kind TEXT NOT NULL);
  CREATE INDEX claims_workos_id ON claims (workos_id);
  CREATE TABLE refusals (sub TEXT PRIMARY KEY, reason TEXT NOT NULL);`;

const countSchema = v.object({ count: v.number() });
const reasonCountSchema = v.object({ reason: conflictReasonSchema, count: v.number() });
const namedCountSchema = v.object({ name: v.string(), count: v.number() });
const claimSchema = v.object({ sub: v.string(), kind: v.string() });
const userRowSchema = v.object({ user: rowSchema.entries.user });

const PAGE_SIZE = 100;
/** SQL: WorkOS does not let the address of this finding be changed. */
export const IS_LOCKED = `kind = 'stale' AND sub IN (SELECT sub FROM refusals WHERE reason = '${LOCKED}')`;
const IS_CONFLICT = `(kind = 'conflict' OR (${IS_LOCKED}))`;
const IS_STALE = `(kind = 'stale' AND NOT (${IS_LOCKED}))`;
const IS_MISSING = "kind = 'missing'";
/** A wrong link is removed by mirroring both profiles; an operator decides about other conflicts. */
const IS_FIXABLE = `(${IS_MISSING} OR ${IS_STALE} OR reason = 'linked_sub_of_another')`;
const REFUSAL = '(SELECT reason FROM refusals WHERE refusals.sub = findings.sub) AS refusal';

export function createFindings(db: DatabaseSync): Findings {
  db.exec(SCHEMA);
  const insert = db.prepare('INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const removals = ['findings', 'claims', 'untidy'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE sub = ?`),
  );
  const claim = db.prepare('INSERT OR REPLACE INTO claims VALUES (?, ?, ?)');
  const claims = db.prepare('SELECT sub, kind FROM claims WHERE workos_id = ? ORDER BY sub');
  const noteUntidy = db.prepare('INSERT OR REPLACE INTO untidy VALUES (?, ?)');
  const refuse = db.prepare('INSERT OR REPLACE INTO refusals VALUES (?, ?)');
  const count = (where: string, what = '*', table = 'findings') => {
    const row = db.prepare(`SELECT count(${what}) AS count FROM ${table} WHERE ${where}`).get();
    return v.parse(countSchema, row).count;
  };
  const rows = function* (where: string): Generator<FindingRow> {
    const query = `SELECT *, ${REFUSAL} FROM findings WHERE ${where} ORDER BY sub`;
    for (const row of db.prepare(query).iterate()) yield v.parse(rowSchema, row);
  };
  const userPages = function* (from: string): Generator<ObservedUser[]> {
    const page = db.prepare(
      `SELECT user FROM (${from}) WHERE sub > ? ORDER BY sub LIMIT ${PAGE_SIZE}`,
    );
    for (let after = ''; ; ) {
      const users = page.all(after).map((row) => v.parse(userRowSchema, row).user);
      const last = users.at(-1);
      if (!last) return;
      after = last.sub;
      yield users;
    }
  };
  const namedCounts = (query: string) => {
    const parsed = db
      .prepare(query)
      .all()
      .map((row) => v.parse(namedCountSchema, row));
    return Object.fromEntries(parsed.map(({ name, count }) => [name, count]));
  };

  return {
    put(user, verdict) {
      const { sub } = user;
      const kind = claimOf(user, verdict);
      if (kind && 'of' in verdict && verdict.of) claim.run(sub, verdict.of.id, kind);
      if (verdict.kind === 'inSync' && verdict.isUntidy) noteUntidy.run(sub, JSON.stringify(user));
      if (!isFinding(verdict)) return;
      const of = 'of' in verdict ? verdict.of : undefined;
      insert.run(
        sub,
        verdict.kind,
        toAddressKey(user.email ?? sub),
        rankOf(user),
        reasonOf(verdict),
        JSON.stringify('difference' in verdict ? verdict.difference : NO_DIFFERENCE),
        JSON.stringify(user),
        of?.id ?? null,
        of?.email ?? null,
        of?.externalId ?? null,
      );
    },
    remove(sub) {
      for (const removal of removals) removal.run(sub);
    },
    clear: () => db.exec('DELETE FROM findings; DELETE FROM claims; DELETE FROM untidy;'),
    size: () => count('true'),
    fixable: () => count(IS_FIXABLE) + count('true', '*', 'untidy'),
    *fixablePages() {
      const isOwn = "coalesce(kind = 'stale' AND holder_external_id = sub, false)";
      yield* userPages(`SELECT sub, user FROM findings WHERE ${IS_FIXABLE} AND ${isOwn}`);
      yield* userPages(`SELECT sub, user FROM findings WHERE ${IS_FIXABLE} AND NOT ${isOwn}`);
      yield* userPages('SELECT sub, user FROM untidy');
    },
    pages: () => userPages('SELECT sub, user FROM findings'),
    missingPages: () => userPages(`SELECT sub, user FROM findings WHERE ${IS_MISSING}`),
    *missing() {
      // SQLite takes the other columns from the row of the minimum (SQLite, Bare columns in an aggregate).
      const query = `SELECT *, ${REFUSAL}, min(rank || sub), json_group_array(sub) AS subs
        FROM findings WHERE ${IS_MISSING} GROUP BY email`;
      for (const row of db.prepare(query).iterate()) yield toMissing(v.parse(groupSchema, row));
    },
    *stale() {
      for (const row of rows(IS_STALE)) yield toStale(row);
    },
    *conflicts() {
      for (const row of rows(IS_CONFLICT)) yield toConflict(row);
    },
    counts: () => ({
      missing: count(IS_MISSING, 'DISTINCT email'),
      stale: count(IS_STALE),
      conflicts: count(IS_CONFLICT),
    }),
    staleFields: () =>
      namedCounts(`SELECT each.value AS name, count(*) AS count
        FROM findings, json_each(findings.difference, '$.fields') AS each WHERE ${IS_STALE} GROUP BY 1`),
    conflictReasons: () => {
      const query = `SELECT iif(kind = 'conflict', reason, '${LOCKED}') AS reason, count(*) AS count
        FROM findings WHERE ${IS_CONFLICT} GROUP BY 1`;
      return db
        .prepare(query)
        .all()
        .map((row) => v.parse(reasonCountSchema, row));
    },
    noteRefusal: (sub, reason) => void refuse.run(sub, reason),
    claims(workosUserId) {
      const all = claims.all(workosUserId).map((row) => v.parse(claimSchema, row));
      const subs = (kind: Claim) => all.filter((each) => each.kind === kind).map(({ sub }) => sub);
      return { takers: subs('takes'), joiners: subs('joins'), waiting: subs('waits') };
    },
  };
}

function reasonOf(verdict: FindingVerdict): string | null {
  if (verdict.kind === 'conflict') return verdict.reason;
  return verdict.kind === 'stale' && verdict.stampedLater ? 'synced_later_than_now' : null;
}

/** Lower is before: the profile that would be the primary one (docs/design.md#whose-account). */
function rankOf(user: ObservedUser): number {
  return (user.emailVerified ? 0 : 2) + (isFederated(user) ? 1 : 0);
}
