import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { OperatorError } from '../operator-error.ts';
import { inAsyncTransaction } from '../sqlite/transaction.ts';
import { toAddressKey } from '../user/address.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { WorkosUser } from '../workos/users.ts';

/** The users named in a file; all others are left out. */
export interface RecipientFilter {
  readonly entries: number;
  /** Whether this profile is named: by its sub, its email, or the id or email of its WorkOS user. */
  take(user: ObservedUser, workosUser: WorkosUser | undefined): boolean;
  /** Lines that name no user of the pool, `limit` of them. */
  unknown(limit: number): { count: number; items: number[] };
}

/** The file cannot be used; the message names the lines, never what is in them. */
class RecipientListError extends OperatorError {
  override name = 'RecipientListError';
}

const SUB = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const WORKOS_USER_ID = /^user_[0-9A-Za-z]{1,60}$/;
const EMAIL = /^[^\s@]+@[^\s@]+$/;
/** So many bad lines are named. */
const NAMED_LINES = 5;

const countSchema = v.object({ count: v.number() });
const lineSchema = v.object({ line: v.number() });

/**
 * One sub, WorkOS user id or email a line; blank lines, and what follows a `#` at the beginning of a
 * line or after a space, say nothing. Cases of emails and subs do not matter.
 *
 * @param db where the entries are kept, so that a long file needs no memory.
 * @throws RecipientListError
 */
export async function readRecipientList(file: string, db: DatabaseSync): Promise<RecipientFilter> {
  db.exec(`CREATE TABLE entries (
    entry TEXT PRIMARY KEY, line INTEGER NOT NULL, is_known INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID`);
  const put = db.prepare('INSERT OR IGNORE INTO entries (entry, line) VALUES (?, ?)');
  const bad: number[] = [];
  await inAsyncTransaction(db, async () => {
    for await (const { text, line } of linesOf(file)) {
      const entry = lineToEntry(text);
      if (entry === 'malformed') bad.push(line);
      else if (entry !== undefined) put.run(entry, line);
    }
  });
  if (bad.length > 0) throw new RecipientListError(explainLines(file, bad));

  const count = (sql: string) => v.parse(countSchema, db.prepare(sql).get()).count;
  const entries = count('SELECT count(*) AS count FROM entries');
  if (entries === 0) throw new RecipientListError(`--only ${file} names no user`);
  const know = db.prepare('UPDATE entries SET is_known = 1 WHERE entry = ?');
  const unknown = db.prepare('SELECT line FROM entries WHERE is_known = 0 ORDER BY line LIMIT ?');
  return {
    entries,
    take(user, workosUser) {
      const names = [user.sub, user.email, workosUser?.email].map((name) =>
        toAddressKey(name ?? ''),
      );
      const known = [...names, workosUser?.id].map((name) => know.run(name ?? '').changes);
      return known.some((changes) => changes > 0);
    },
    unknown: (limit) => ({
      count: count('SELECT count(*) AS count FROM entries WHERE is_known = 0'),
      items: unknown.all(limit).map((row) => v.parse(lineSchema, row).line),
    }),
  };
}

/** A line → the name in it; undefined for one that says nothing. */
export function lineToEntry(text: string): string | 'malformed' | undefined {
  const entry = text
    .replace(/^\uFEFF/, '')
    .replace(/(^|\s)#.*$/, '')
    .trim();
  if (entry === '') return undefined;
  if (SUB.test(entry) || EMAIL.test(entry)) return toAddressKey(entry);
  return WORKOS_USER_ID.test(entry) ? entry : 'malformed';
}

async function* linesOf(file: string): AsyncGenerator<{ text: string; line: number }> {
  const input = createReadStream(file, 'utf8');
  let line = 0;
  try {
    // readline ignores an error of its input, and would wait for ever.
    const failed = new Promise<never>((_, reject) => input.once('error', reject));
    failed.catch(() => {});
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
    const iterator = lines[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([iterator.next(), failed]);
      if (next.done) return;
      line += 1;
      yield { text: next.value, line };
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RecipientListError(`--only ${file} cannot be read (${why})`, { cause });
  } finally {
    input.destroy();
  }
}

function explainLines(file: string, bad: number[]): string {
  const lines = bad.slice(0, NAMED_LINES).join(', ');
  const more = bad.length > NAMED_LINES ? ` and ${bad.length - NAMED_LINES} more` : '';
  return `--only ${file}, line ${lines}${more}: neither a sub (a UUID), a WorkOS user id (user_…) nor an email`;
}
