import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { storedUserSchema } from '../bulk/workos-index.ts';
import { KEYS, metadataToTags } from '../mirror/decide/metadata.ts';
import type { WorkosUser } from '../workos/users.ts';
import type { ConflictFinding, ExtraFinding } from './finding.ts';

/**
 * WorkOS users that are tagged as ours and whose sub Cognito does not have any more. Where another
 * profile of the same person lives on in Cognito, it is a conflict (`primary_gone`) and no extra user:
 * an operator who deletes extra users must not delete a user of Cognito.
 */
export interface Orphans {
  /** Of the WorkOS users in the index, ours of this pool whose sub is not in Cognito. */
  candidates(userPoolId: string): Iterable<WorkosUser>;
  /** @param livingSub another Cognito profile of the same person. */
  put(user: WorkosUser, livingSub: string | undefined): void;
  remove(workosUserId: string): void;
  clear(): void;
  all(): WorkosUser[];
  size(): number;
  extraCount(): number;
  extra(): Iterable<ExtraFinding>;
  /** Notes what became of an extra user that was to be deleted: `deleted`, or why not; kept when all else is cleared. */
  noteDeletion(extra: ExtraFinding, result: string): void;
  /** The extra users that were deleted, which are no finding any more. */
  deleted(): Iterable<ExtraFinding>;
  deletedCount(): number;
  primaryGone(): Iterable<ConflictFinding>;
  /** Whether Cognito has the sub, mirrored or not. */
  isInCognito(sub: string): boolean;
  /** Linked subs that Cognito does not have, noted on WorkOS users of this pool. */
  goneLinkedSubs(userPoolId: string): number;
}

const SCHEMA = `CREATE TABLE orphans (
    workos_id TEXT PRIMARY KEY, user TEXT NOT NULL, sub TEXT
  ) WITHOUT ROWID;
  CREATE TABLE deletions (
    workos_id TEXT PRIMARY KEY, external_id TEXT NOT NULL, email TEXT NOT NULL, result TEXT NOT NULL
  ) WITHOUT ROWID;`;

const rowSchema = v.object({ user: v.pipe(v.string(), v.parseJson(), storedUserSchema) });
const orphanRowSchema = v.object({
  ...rowSchema.entries,
  sub: v.nullable(v.string()),
  result: v.nullable(v.string()),
});
const deletedRowSchema = v.object({
  workos_id: v.string(),
  external_id: v.string(),
  email: v.string(),
});
const countSchema = v.object({ count: v.number() });

const DELETED = 'deleted';
const IS_DELETED = `result = '${DELETED}'`;
const IS_OURS = `json_extract(user, '$.metadata.${KEYS.pool}') = ?`;

export function createOrphans(db: DatabaseSync): Orphans {
  db.exec(SCHEMA);
  const insert = db.prepare('INSERT OR REPLACE INTO orphans VALUES (?, ?, ?)');
  const remove = db.prepare('DELETE FROM orphans WHERE workos_id = ?');
  const inCognito = db.prepare('SELECT 1 FROM cognito_users WHERE sub = ?');
  const isInCognito = (sub: string) => inCognito.get(sub) !== undefined;
  const noteDeletion = db.prepare('INSERT OR REPLACE INTO deletions VALUES (?, ?, ?, ?)');
  const count = (where: string, table = 'orphans') => {
    const row = db.prepare(`SELECT count(*) AS count FROM ${table} WHERE ${where}`).get();
    return v.parse(countSchema, row).count;
  };
  const orphans = (where: string) => {
    const query = `SELECT user, sub, result FROM orphans LEFT JOIN deletions USING (workos_id)
      WHERE ${where} ORDER BY workos_id`;
    return db.prepare(query).iterate();
  };

  return {
    *candidates(userPoolId) {
      const query = `SELECT user FROM workos_users WHERE ${IS_OURS} AND
        (external_id IS NULL OR external_id NOT IN (SELECT sub FROM cognito_users))`;
      for (const row of db.prepare(query).iterate(userPoolId)) yield v.parse(rowSchema, row).user;
    },
    put: (user, livingSub) => void insert.run(user.id, JSON.stringify(user), livingSub ?? null),
    remove: (workosUserId) => void remove.run(workosUserId),
    clear: () => db.exec('DELETE FROM orphans'),
    all: () => [...orphans('true')].map((row) => v.parse(orphanRowSchema, row).user),
    size: () => count('true'),
    extraCount: () => count('sub IS NULL'),
    *extra() {
      for (const row of orphans('sub IS NULL')) {
        const { user, result } = v.parse(orphanRowSchema, row);
        const { id, externalId = '', email } = user;
        yield { workosUserId: id, externalId, email, ...(result !== null && { reason: result }) };
      }
    },
    noteDeletion({ workosUserId, externalId, email }, result) {
      noteDeletion.run(workosUserId, externalId, email, result);
      if (result === DELETED) remove.run(workosUserId);
    },
    *deleted() {
      const query = `SELECT * FROM deletions WHERE ${IS_DELETED} ORDER BY workos_id`;
      for (const row of db.prepare(query).iterate()) {
        const { workos_id, external_id, email } = v.parse(deletedRowSchema, row);
        yield { workosUserId: workos_id, externalId: external_id, email };
      }
    },
    deletedCount: () => count(IS_DELETED, 'deletions'),
    *primaryGone() {
      for (const row of orphans('sub IS NOT NULL')) {
        const { user, sub } = v.parse(orphanRowSchema, row);
        yield {
          sub: sub ?? '',
          reason: 'primary_gone',
          workosUserId: user.id,
          workosEmail: user.email,
          ...(user.externalId !== undefined && { holderExternalId: user.externalId }),
        };
      }
    },
    isInCognito,
    goneLinkedSubs(userPoolId) {
      const query = `SELECT user FROM workos_users
        JOIN cognito_users ON sub = external_id AND state = 'mirrored' WHERE ${IS_OURS}`;
      let gone = 0;
      for (const row of db.prepare(query).iterate(userPoolId)) {
        const { linkedSubs } = metadataToTags(v.parse(rowSchema, row).user.metadata);
        gone += linkedSubs.filter((sub) => !isInCognito(sub)).length;
      }
      return gone;
    },
  };
}
