import type { MirrorRules } from '../mirror/decide/rules.ts';
import { type Leases, NO_LEASES } from '../mirror/leases.ts';
import { createProcessMemory, type MirrorMemory } from '../mirror/memory.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { createLedgerMemory } from './ledger-memory.ts';
import { isOutdated } from './ledger-mirror.ts';

/**
 * The ledger of a run over all users. Such a run reads WorkOS itself, so the ledger saves it no requests; it
 * shows which users were deleted in WorkOS and which observations are newer than an exported record, and it
 * receives what the run has done.
 */
export type BulkLedger = {
  memory: MirrorMemory;
  leases: Leases;
  /** Reads the entries of the users that come next. */
  prepare(subs: readonly string[]): Promise<void>;
  /** Whether a live event has shown a different, newer state. */
  isOutdated(user: ObservedUser): boolean;
  /** Writes what the table does not know yet. */
  end(): Promise<void>;
};

/** Entries of users in progress, and of the pages of users that wait. */
const KEPT_ENTRIES = 10_000;

/** @param dependencies.isReadOnly for a run that writes nothing. */
export function createBulkLedger(dependencies: {
  ledger: Ledger;
  leases: Leases;
  rules: MirrorRules;
  clock: () => Date;
  isReadOnly: boolean;
}): BulkLedger {
  const { leases, isReadOnly, clock } = dependencies;
  const memory = createLedgerMemory({ ...dependencies, keeps: KEPT_ENTRIES });
  return {
    leases: isReadOnly ? NO_LEASES : leases,
    memory: {
      recall: memory.recall,
      async beforeWrite(affected) {
        if (!isReadOnly) await memory.beforeWrite(affected);
      },
      async beforeDelete(gone) {
        if (!isReadOnly) await memory.beforeDelete(gone);
      },
      async note(settlement) {
        if (isReadOnly) return;
        const known = memory.entryOf(settlement.user.sub);
        const entry = memory.toEntry(settlement);
        // A seed that changes nothing should cost almost no writes.
        if (entry && known && isSameEntry(known, entry)) return;
        await memory.note(settlement);
      },
    },
    prepare: (subs) => memory.prepare(subs),
    isOutdated(user) {
      const entry = memory.entryOf(user.sub);
      return entry !== undefined && isOutdated(user, entry, clock());
    },
    end: () => memory.prepare([]),
  };
}

/** For a run without a ledger. */
export function withoutBulkLedger(): BulkLedger {
  return {
    memory: createProcessMemory(),
    leases: NO_LEASES,
    prepare: async () => {},
    isOutdated: () => false,
    end: async () => {},
  };
}

/** A quarter of the time for which an entry is trusted by default. */
const RENEWED_AFTER_MS = 6 * 3_600_000;

function isSameEntry(known: LedgerEntry, entry: LedgerEntry): boolean {
  if (!known.state || !entry.state) return false;
  const { settledAt: before, ...knownState } = known.state;
  const { settledAt: now, ...state } = entry.state;
  const isRecent = Date.parse(now) - Date.parse(before) < RENEWED_AFTER_MS;
  return (
    isRecent &&
    known.workosUserId === entry.workosUserId &&
    known.isSecondary === entry.isSecondary &&
    JSON.stringify(Object.entries(knownState).sort()) ===
      JSON.stringify(Object.entries(state).sort())
  );
}
