import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { skipReason } from '../mirror/decide/decision.ts';
import { isOurs } from '../mirror/decide/holder.ts';
import { KEYS } from '../mirror/decide/metadata.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import { isFederated } from '../mirror/decide/tags.ts';
import { countsAsVerified } from '../mirror/decide/trust.ts';
import { openTemporaryDatabase } from '../sqlite/temporary.ts';
import { inTransaction } from '../sqlite/transaction.ts';
import { toAddressKey } from '../user/address.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { WorkosUser } from '../workos/users.ts';
import { recordToFacts } from './record-facts.ts';

/** Both sides before the seed, on disk: a million users need no memory, and no address leaves a file behind. */
export type Tally = {
  readonly db: DatabaseSync;
  /** A record of the listing, as it was read. */
  addRecord(record: unknown): void;
  /** Cognito profiles, once all are listed. */
  addProfiles(users: readonly ObservedUser[], rules: MirrorRules): void;
  /** WorkOS users as they were listed. */
  addWorkosUsers(users: readonly WorkosUser[]): void;
} & Disposable;

const SCHEMA = `
  CREATE TABLE records (
    sub TEXT PRIMARY KEY, phone INTEGER NOT NULL, phone_verified INTEGER NOT NULL, custom TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE profiles (
    sub TEXT PRIMARY KEY, status TEXT NOT NULL, enabled INTEGER NOT NULL, kind TEXT NOT NULL, email TEXT,
    verified INTEGER NOT NULL, counts INTEGER NOT NULL, mirrored INTEGER NOT NULL, own_name INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE workos (
    id TEXT PRIMARY KEY, email TEXT NOT NULL, verified INTEGER NOT NULL, external_id TEXT, tag TEXT NOT NULL,
    signed_in INTEGER NOT NULL
  ) WITHOUT ROWID;`;
/** As many records are one write to the disk. */
const BATCH = 600;

export function createTally(userPoolId: string): Tally {
  const db = openTemporaryDatabase();
  db.exec(SCHEMA);
  const putRecord = db.prepare('INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)');
  const putProfile = db.prepare(
    'INSERT OR REPLACE INTO profiles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const putWorkos = db.prepare('INSERT OR REPLACE INTO workos VALUES (?, ?, ?, ?, ?, ?)');
  let waiting: unknown[] = [];

  function flush(): void {
    const records = waiting.flatMap((record) => recordToFacts(record) ?? []);
    waiting = [];
    inTransaction(db, () => {
      for (const { sub, hasPhone, isPhoneVerified, custom } of records) {
        putRecord.run(sub, toFlag(hasPhone), toFlag(isPhoneVerified), JSON.stringify(custom));
      }
    });
  }

  return {
    db,
    addRecord(record) {
      waiting.push(record);
      if (waiting.length >= BATCH) flush();
    },
    addProfiles(users, rules) {
      if (waiting.length > 0) flush();
      inTransaction(db, () => {
        for (const user of users) {
          putProfile.run(
            user.sub,
            user.status ?? 'unknown',
            toFlag(user.enabled !== false),
            kindOf(user),
            user.email === undefined ? null : toAddressKey(user.email),
            toFlag(user.emailVerified),
            toFlag(countsAsVerified(user, rules)),
            toFlag(skipReason(user) === undefined),
            toFlag(hasOwnName(user)),
          );
        }
      });
    },
    addWorkosUsers(users) {
      inTransaction(db, () => {
        for (const user of users) {
          putWorkos.run(
            user.id,
            toAddressKey(user.email),
            toFlag(user.emailVerified),
            user.externalId ?? null,
            tagOf(user, userPoolId),
            toFlag(user.lastSignInAt !== undefined),
          );
        }
      });
    },
    [Symbol.dispose]: () => db.close(),
  };
}

function toFlag(value: boolean): number {
  return value ? 1 : 0;
}

/** `linked`: a native profile that signs in with a provider, too. */
function kindOf(user: ObservedUser): 'native' | 'federated' | 'linked' {
  if (isFederated(user)) return 'federated';
  return user.identities.length > 0 ? 'linked' : 'native';
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PHONE = /^\+\d{5,15}$/;

/** A name that a person chose: neither made by Cognito, nor an address, nor a phone number. */
function hasOwnName(user: ObservedUser): boolean {
  const { username, sub } = user;
  if (isFederated(user) || username === sub) return false;
  return !UUID.test(username) && !PHONE.test(username) && !username.includes('@');
}

function tagOf(user: WorkosUser, userPoolId: string): 'ours' | 'other_pool' | 'none' {
  if (isOurs(user, { userPoolId })) return 'ours';
  return user.metadata[KEYS.pool] ? 'other_pool' : 'none';
}

const countSchema = v.object({ count: v.number() });
const namedSchema = v.object({ name: v.string(), count: v.number() });

/** The number that a query gives as `count`. */
export function countOf({ db }: Pick<Tally, 'db'>, query: string): number {
  return v.parse(countSchema, db.prepare(query).get()).count;
}

/** The numbers that a query gives as `count`, by its `name`, in its order. */
export function countsOf({ db }: Pick<Tally, 'db'>, query: string): Record<string, number> {
  const rows = db.prepare(query).all();
  const counts = rows.map((row) => v.parse(namedSchema, row));
  return Object.fromEntries(counts.map(({ name, count }) => [name, count]));
}
