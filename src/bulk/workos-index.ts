import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { metadataToTags } from '../mirror/decide/metadata.ts';
import { toAddressKey } from '../user/address.ts';
import type { WorkosUser } from '../workos/users.ts';

/** Every WorkOS user of the environment, on disk: a million of them need no memory. */
export interface WorkosIndex {
  byId(id: string): WorkosUser | undefined;
  byExternalId(externalId: string): WorkosUser | undefined;
  /** ASCII letters are compared case-insensitively. */
  byEmail(email: string): WorkosUser | undefined;
  /** Those that note this sub as another profile of their person. */
  linkedTo(sub: string): WorkosUser[];
  put(user: WorkosUser): void;
  remove(id: string): void;
  clear(): void;
  size(): number;
}

const rowSchema = v.object({ user: v.string() });
const countSchema = v.object({ count: v.number() });
/** A WorkOS user as the index keeps it: the column `user`, as JSON. */
export const storedUserSchema = v.object({
  id: v.string(),
  email: v.string(),
  emailVerified: v.boolean(),
  firstName: v.exactOptional(v.string()),
  lastName: v.exactOptional(v.string()),
  externalId: v.exactOptional(v.string()),
  metadata: v.record(v.string(), v.string()),
  lastSignInAt: v.exactOptional(v.string()),
});
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS workos_users (
    id TEXT PRIMARY KEY, external_id TEXT, email TEXT NOT NULL, user TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS workos_users_external_id ON workos_users (external_id);
  CREATE INDEX IF NOT EXISTS workos_users_email ON workos_users (email);
  CREATE TABLE IF NOT EXISTS workos_links (
    workos_id TEXT, sub TEXT, PRIMARY KEY (workos_id, sub)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS workos_links_sub ON workos_links (sub);`;

export function createWorkosIndex(db: DatabaseSync): WorkosIndex {
  db.exec(SCHEMA);
  const select = (column: string) =>
    db.prepare(`SELECT user FROM workos_users WHERE ${column} = ? LIMIT 1`);
  const [byId, byExternalId, byEmail] = [select('id'), select('external_id'), select('email')];
  const linkedTo = db.prepare(
    'SELECT user FROM workos_links JOIN workos_users ON id = workos_id WHERE sub = ? ORDER BY id',
  );
  const put = db.prepare('INSERT OR REPLACE INTO workos_users VALUES (?, ?, ?, ?)');
  const link = db.prepare('INSERT OR IGNORE INTO workos_links VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM workos_users WHERE id = ?');
  const unlink = db.prepare('DELETE FROM workos_links WHERE workos_id = ?');
  const count = db.prepare('SELECT count(*) AS count FROM workos_users');
  return {
    byId: (id) => toUser(byId.get(id)),
    byExternalId: (externalId) => toUser(byExternalId.get(externalId)),
    byEmail: (email) => toUser(byEmail.get(toAddressKey(email))),
    linkedTo: (sub) => linkedTo.all(sub).flatMap((row) => toUser(row) ?? []),
    put(user) {
      put.run(user.id, user.externalId ?? null, toAddressKey(user.email), JSON.stringify(user));
      unlink.run(user.id);
      for (const sub of metadataToTags(user.metadata).linkedSubs) link.run(user.id, sub);
    },
    remove(id) {
      remove.run(id);
      unlink.run(id);
    },
    clear: () => db.exec('DELETE FROM workos_users; DELETE FROM workos_links'),
    size: () => v.parse(countSchema, count.get()).count,
  };
}

function toUser(row: unknown): WorkosUser | undefined {
  if (row === undefined) return undefined;
  return v.parse(storedUserSchema, JSON.parse(v.parse(rowSchema, row).user));
}
