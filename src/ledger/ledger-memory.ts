import type { ObservedUser } from '../cognito/observed-user.ts';
import { type MirrorMemory, mirroredTo, type Settlement } from '../mirror/memory.ts';
import type { Outcome } from '../mirror/outcome.ts';
import type { MirrorRules } from '../mirror/rules.ts';
import type { Ledger, LedgerEntry, LedgerState } from './ledger.ts';
import { rulesToHash, userToHash } from './state-hash.ts';

/** A mirror's memory in the ledger, for the users at hand. */
export type LedgerMemory = MirrorMemory & {
  /** Reads what is known of these; forgets what it knew of others. */
  prepare(subs: readonly string[], signal?: AbortSignal): Promise<void>;
  entryOf(sub: string): LedgerEntry | undefined;
  /** What would be noted; undefined where the outcome says nothing of the state in WorkOS. */
  toEntry(settlement: Settlement): LedgerEntry | undefined;
};

/**
 * @param dependencies.keeps how many entries are kept when others are read: a bulk run has users of many
 *   pages in hand. Default 0: each batch begins with what the table has.
 */
export function createLedgerMemory(dependencies: {
  ledger: Ledger;
  rules: MirrorRules;
  clock: () => Date;
  keeps?: number;
}): LedgerMemory {
  const { ledger, clock, keeps = 0 } = dependencies;
  const rulesHash = rulesToHash(dependencies.rules);
  const entries = new Map<string, LedgerEntry>();

  function forgetAllBut(count: number): void {
    for (const sub of entries.keys()) {
      if (entries.size <= count) return;
      entries.delete(sub);
    }
  }

  return {
    async prepare(subs, signal) {
      const read = await ledger.read(subs, signal);
      forgetAllBut(keeps);
      for (const [sub, entry] of read) entries.set(sub, entry);
    },
    entryOf: (sub) => entries.get(sub),
    toEntry: (settlement) =>
      toEntry(settlement, entries.get(settlement.user.sub), { rulesHash, now: clock() }),
    recall(sub) {
      const { workosUserId, isSecondary = false } = entries.get(sub) ?? {};
      return workosUserId === undefined ? undefined : { workosUserId, isSecondary };
    },
    async note(settlement) {
      const { formerSub } = settlement;
      const entry = this.toEntry(settlement);
      if (formerSub !== undefined && formerSub !== settlement.user.sub) {
        await ledger.forgetState(formerSub);
      }
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
  const workosUserId = mirroredTo(outcome) ?? known?.workosUserId;
  return {
    sub: user.sub,
    observedAt: newestTime(user, now),
    state: { hash: userToHash(user), rules, ...result, settledAt: now.toISOString() },
    isSecondary,
    ...(workosUserId !== undefined && { workosUserId }),
  };
}

/**
 * Up to when an observation tells the newest state: a listing shows the profile as it was last changed,
 * which may be older than a live event that was seen before it. Never in the future.
 */
export function newestTime({ observedAt, modifiedAt }: ObservedUser, now: Date): string {
  const time = Date.parse(modifiedAt ?? observedAt);
  return new Date(Math.min(time, now.getTime())).toISOString();
}

function toResult(outcome: Outcome): Pick<LedgerState, 'outcome' | 'reason'> | undefined {
  switch (outcome.outcome) {
    case 'created':
    case 'linked':
    case 'updated':
    case 'unchanged':
      return { outcome: 'mirrored' };
    case 'conflict':
    case 'rejected':
      return { outcome: outcome.outcome, reason: outcome.reason };
    case 'stale':
    case 'skipped':
      return undefined;
  }
}
