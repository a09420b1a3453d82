import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { type ObservedUser, observedUserSchema } from '../user/observed-user.ts';

/** The Cognito profiles that a run has read, on disk: a million of them need no memory. */
export interface CognitoIndex {
  get(sub: string): ObservedUser | undefined;
  put(user: ObservedUser): void;
  remove(sub: string): void;
  clear(): void;
  size(): number;
  /** In pages of a hundred, by sub; profiles may be put and removed in between. */
  pages(): Iterable<ObservedUser[]>;
}

const rowSchema = v.object({ user: v.pipe(v.string(), v.parseJson(), observedUserSchema) });
const countSchema = v.object({ count: v.number() });

export function createCognitoIndex(db: DatabaseSync): CognitoIndex {
  db.exec(
    'CREATE TABLE IF NOT EXISTS cognito_profiles (sub TEXT PRIMARY KEY, user TEXT) WITHOUT ROWID',
  );
  const get = db.prepare('SELECT user FROM cognito_profiles WHERE sub = ?');
  const put = db.prepare('INSERT OR REPLACE INTO cognito_profiles VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM cognito_profiles WHERE sub = ?');
  const page = db.prepare('SELECT user FROM cognito_profiles WHERE sub > ? ORDER BY sub LIMIT 100');
  const count = db.prepare('SELECT count(*) AS count FROM cognito_profiles');
  return {
    get(sub) {
      const row = get.get(sub);
      return row === undefined ? undefined : v.parse(rowSchema, row).user;
    },
    put: (user) => void put.run(user.sub, JSON.stringify(user)),
    remove: (sub) => void remove.run(sub),
    clear: () => db.exec('DELETE FROM cognito_profiles'),
    size: () => v.parse(countSchema, count.get()).count,
    *pages() {
      for (let after = ''; ; ) {
        const users = page.all(after).map((row) => v.parse(rowSchema, row).user);
        const last = users.at(-1);
        if (!last) return;
        after = last.sub;
        yield users;
      }
    },
  };
}
