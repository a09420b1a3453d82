import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import type { DirectoryUser } from '../workos/user-directory.ts';

/** Every WorkOS user of the environment, on disk: a million of them need no memory. */
export interface UserIndex {
  byId(id: string): DirectoryUser | undefined;
  byExternalId(externalId: string): DirectoryUser | undefined;
  /** Compared case-insensitively. */
  byEmail(email: string): DirectoryUser | undefined;
  put(user: DirectoryUser): void;
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
});

export function createUserIndex(db: DatabaseSync): UserIndex {
  db.exec(`CREATE TABLE IF NOT EXISTS workos_users (
    id TEXT PRIMARY KEY, external_id TEXT, email TEXT NOT NULL, user TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS workos_users_external_id ON workos_users (external_id);
  CREATE INDEX IF NOT EXISTS workos_users_email ON workos_users (email);`);
  const select = (column: string) =>
    db.prepare(`SELECT user FROM workos_users WHERE ${column} = ? LIMIT 1`);
  const [byId, byExternalId, byEmail] = [select('id'), select('external_id'), select('email')];
  const put = db.prepare('INSERT OR REPLACE INTO workos_users VALUES (?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM workos_users WHERE id = ?');
  const clear = db.prepare('DELETE FROM workos_users');
  const count = db.prepare('SELECT count(*) AS count FROM workos_users');
  return {
    byId: (id) => toUser(byId.get(id)),
    byExternalId: (externalId) => toUser(byExternalId.get(externalId)),
    byEmail: (email) => toUser(byEmail.get(email.toLowerCase())),
    put(user) {
      put.run(user.id, user.externalId ?? null, user.email.toLowerCase(), JSON.stringify(user));
    },
    remove: (id) => void remove.run(id),
    clear: () => void clear.run(),
    size: () => v.parse(countSchema, count.get()).count,
  };
}

function toUser(row: unknown): DirectoryUser | undefined {
  if (row === undefined) return undefined;
  return v.parse(storedUserSchema, JSON.parse(v.parse(rowSchema, row).user));
}
