import { readFile } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { isConflictReason } from '../mirror/decide/conflicts.ts';
import { OperatorError } from '../operator-error.ts';
import { LOCKED } from './finding-rows.ts';
import { IS_LOCKED } from './findings.ts';

/**
 * A finding that the owner has decided to live with. `reason`: that of a conflict, or `missing`, `stale`,
 * `extra` or `unreadable`; a finding of another reason about the same user is not accepted.
 */
export type Acceptance = { sub?: string; workosUserId?: string; reason: string; note: string };

/** Findings that do not break the gate any more, each with its note. */
export interface Accepted {
  /** Takes the accepted ones out of the findings. */
  apply(acceptances: readonly Acceptance[]): void;
  all(): Acceptance[];
  count(): number;
  /** Drops all but the unreadable records, which are not looked for again. */
  clear(): void;
}

/** The file cannot be used; the message names the lines. */
class AcceptError extends OperatorError {
  override name = 'AcceptError';
}

const KINDS = new Set(['missing', 'stale', 'extra', 'unreadable']);
const text = v.pipe(v.string(), v.trim(), v.nonEmpty());
const lineSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.strictObject({
    sub: v.exactOptional(text),
    workosUserId: v.exactOptional(text),
    reason: v.pipe(
      text,
      v.check((reason) => KINDS.has(reason) || isConflictReason(reason)),
    ),
    note: text,
  }),
  v.check(({ sub, workosUserId }) => sub !== undefined || workosUserId !== undefined),
);

/** So many bad lines are named. */
const NAMED_LINES = 5;

/**
 * JSON lines: `{"sub" or "workosUserId", "reason", "note"}`; blank lines say nothing.
 * @throws AcceptError
 */
export async function readAcceptFile(file: string): Promise<Acceptance[]> {
  const content = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new AcceptError(`--accept ${file} cannot be read (${cause.code ?? cause.name})`, {
      cause,
    });
  });
  const bad: number[] = [];
  const acceptances: Acceptance[] = [];
  for (const [index, line] of content
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '') continue;
    const parsed = v.safeParse(lineSchema, line);
    if (parsed.success) acceptances.push(parsed.output);
    else bad.push(index + 1);
  }
  if (bad.length === 0) return acceptances;
  const lines = bad.slice(0, NAMED_LINES).join(', ');
  const more = bad.length > NAMED_LINES ? ` and ${bad.length - NAMED_LINES} more` : '';
  throw new AcceptError(
    `--accept ${file}, line ${lines}${more}: each line has to be like {"sub":"…","reason":"primary_gone","note":"why"}, with a reason that verify gives (or missing, stale, extra, unreadable)`,
  );
}

const rowSchema = v.object({
  sub: v.nullable(v.string()),
  workos_id: v.nullable(v.string()),
  reason: v.string(),
  note: v.string(),
});

/** Each kind of finding: where it is, what it is called, and by which columns it is known. */
const SOURCES = [
  {
    table: 'findings',
    reason: `CASE WHEN kind = 'conflict' THEN findings.reason
      WHEN ${IS_LOCKED} THEN '${LOCKED}' ELSE kind END`,
    sub: 'sub',
    id: 'workos_id',
  },
  {
    table: 'orphans',
    reason: "iif(sub IS NULL, 'extra', 'primary_gone')",
    sub: 'sub',
    id: 'workos_id',
  },
  { table: 'problems', reason: "'unreadable'", sub: 'sub', id: 'NULL' },
];

export function createAccepted(db: DatabaseSync): Accepted {
  db.exec('CREATE TABLE accepted (sub TEXT, workos_id TEXT, reason TEXT, note TEXT)');
  const moves = SOURCES.map(({ table, reason, sub, id }) => {
    const where = `${reason} = :reason AND (:sub IS NULL OR ${sub} = :sub)
      AND (:id IS NULL OR ${id} = :id)`;
    return {
      copy: db.prepare(
        `INSERT INTO accepted SELECT ${sub}, ${id}, :reason, :note FROM ${table} WHERE ${where}`,
      ),
      remove: db.prepare(`DELETE FROM ${table} WHERE ${where}`),
    };
  });
  const all = db.prepare('SELECT * FROM accepted ORDER BY reason, sub, workos_id');
  return {
    apply(acceptances) {
      for (const { sub = null, workosUserId: id = null, reason, note } of acceptances) {
        for (const { copy, remove } of moves) {
          copy.run({ sub, id, reason, note });
          remove.run({ sub, id, reason });
        }
      }
    },
    all: () => all.all().map(toAcceptance),
    count: () => all.all().length,
    clear: () => db.exec("DELETE FROM accepted WHERE reason <> 'unreadable'"),
  };
}

function toAcceptance(row: unknown): Acceptance {
  const { sub, workos_id, reason, note } = v.parse(rowSchema, row);
  return {
    ...(sub !== null && { sub }),
    ...(workos_id !== null && { workosUserId: workos_id }),
    reason,
    note,
  };
}
