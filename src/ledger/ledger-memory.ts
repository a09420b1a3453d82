import type { MirrorRules } from '../mirror/decide/rules.ts';
import {
  createProcessMemory,
  type MirrorMemory,
  mirroredTo,
  type Settlement,
} from '../mirror/memory.ts';
import type { Outcome } from '../mirror/outcome.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import { RetryableError } from '../workos/users.ts';
import type { Ledger, LedgerEntry, LedgerState } from './ledger.ts';
import { rulesToHash, userToHash } from './state-hash.ts';

/** A mirror's memory that is kept in the ledger, for the users at hand. */
export type LedgerMemory = MirrorMemory & {
  /** Reads the entries of these users; drops those of others (see `keeps`). */
  prepare(subs: readonly string[], signal?: AbortSignal): Promise<void>;
  entryOf(sub: string): LedgerEntry | undefined;
  /** The user's message was retried often enough: it is mirrored though the ledger cannot be written. */
  writeWithoutLedger(sub: string): void;
  /** Writes the entry of any outcome, refusals included. */
  noteSettled(settlement: Settlement): Promise<void>;
  /** The entry that would be written; undefined where the outcome does not tell the state in WorkOS. */
  toEntry(settlement: Settlement): LedgerEntry | undefined;
};

/**
 * @param dependencies.keeps how many entries are kept when others are read: a bulk run has users of many
 *   pages in progress. Default 0: each batch starts with the table's entries only.
 */
export function createLedgerMemory(dependencies: {
  ledger: Ledger;
  rules: MirrorRules;
  clock: () => Date;
  keeps?: number;
}): LedgerMemory {
  const { ledger, clock, keeps = 0 } = dependencies;
  const rulesHash = rulesToHash(dependencies.rules);
  const own = createProcessMemory();
  const entries = new Map<string, LedgerEntry>();
  /** Subs that were read from the table: one without an entry has none there. */
  let readSubs = new Set<string>();
  let withoutLedger = new Set<string>();

  function forgetAllBut(count: number): void {
    for (const sub of entries.keys()) {
      if (entries.size <= count) return;
      entries.delete(sub);
    }
  }

  return {
    async prepare(subs, signal) {
      const read = await ledger.read(subs, signal);
      readSubs = new Set([...(readSubs.size < keeps ? readSubs : []), ...subs]);
      withoutLedger = new Set();
      forgetAllBut(keeps);
      for (const [sub, entry] of read) entries.set(sub, entry);
    },
    entryOf: (sub) => entries.get(sub),
    writeWithoutLedger: (sub) => void withoutLedger.add(sub),
    toEntry: (settlement) =>
      toEntry(settlement, entries.get(settlement.user.sub), { rulesHash, now: clock() }),
    recall(sub) {
      const { workosUserId, isSecondary = false } = entries.get(sub) ?? {};
      // Where the table cannot be asked, the process may remember.
      return workosUserId === undefined ? own.recall(sub) : { workosUserId, isSecondary };
    },
    async beforeWrite({ sub, linked, displaced }) {
      const known = entries.get(sub);
      if (known?.state) {
        const { state: _, ...entry } = known;
        if (!(await ledger.forget(sub)) && !withoutLedger.has(sub)) {
          throw new RetryableError('the ledger could not be written before a user changes');
        }
        entries.set(sub, entry);
      } else if (!known && !readSubs.has(sub)) await ledger.forget(sub);
      for (const each of linked) await ledger.forget(each);
      if (displaced !== undefined) await ledger.forget(displaced, { user: true });
    },
    async beforeDelete(gone) {
      if (!(await ledger.noteGone(gone))) {
        throw new RetryableError('the ledger could not be written before a user is deleted');
      }
      const { sub, workosUserId, goneAt } = gone;
      entries.set(sub, { sub, workosUserId, observedAt: goneAt, isSecondary: false });
    },
    async note(settlement) {
      await own.note(settlement);
      // A refusal is written once its message is in the dead-letter queue (`noteRefusal`).
      if (settlement.outcome.outcome !== 'rejected') await this.noteSettled(settlement);
    },
    async noteSettled(settlement) {
      const entry = this.toEntry(settlement);
      if (!entry) return;
      entries.set(entry.sub, entry);
      await ledger.write(entry);
    },
  };
}

function toEntry(
  { user, outcome, isSecondary }: Settlement,
  known: LedgerEntry | undefined,
  { rulesHash: rules, now }: { rulesHash: string; now: Date },
): LedgerEntry | undefined {
  const result = toResult(outcome);
  if (!result) return undefined;
  const workosUserId = mirroredTo(outcome);
  // A user that was not mirrored is still where it was.
  const { isSecondary: wasSecondary = false, workosUserId: former } = known ?? {};
  const { passwordAt, isPasswordMissing } = known ?? {};
  return {
    sub: user.sub,
    observedAt: newestTime(user, now),
    ...(passwordAt !== undefined && { passwordAt }),
    ...(isPasswordMissing && { isPasswordMissing }),
    state: { hash: userToHash(user), rules, ...result, settledAt: now.toISOString() },
    ...(workosUserId === undefined
      ? { isSecondary: wasSecondary, ...(former !== undefined && { workosUserId: former }) }
      : { isSecondary, workosUserId }),
  };
}

/**
 * The time of the newest state that an observation shows, never in the future: a listed profile is as old as
 * its last change, which may be before a live event that was observed earlier.
 */
export function newestTime(
  { observedAt, modifiedAt }: Pick<ObservedUser, 'observedAt' | 'modifiedAt'>,
  now: Date,
): string {
  const time = Date.parse(modifiedAt ?? observedAt);
  return new Date(Math.min(time, now.getTime())).toISOString();
}

function toResult(
  outcome: Outcome,
): Pick<LedgerState, 'outcome' | 'reason' | 'conflictsWith'> | undefined {
  switch (outcome.outcome) {
    case 'created':
    case 'linked':
    case 'updated':
    case 'unchanged':
      return { outcome: 'mirrored' };
    case 'conflict':
      return {
        outcome: outcome.outcome,
        reason: outcome.reason,
        conflictsWith: outcome.workosUserId,
      };
    case 'rejected':
      return { outcome: outcome.outcome, reason: outcome.reason };
    case 'stale':
    case 'skipped':
      return undefined;
  }
}
