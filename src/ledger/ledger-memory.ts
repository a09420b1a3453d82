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
};

export function createLedgerMemory(dependencies: {
  ledger: Ledger;
  rules: MirrorRules;
  clock: () => Date;
}): LedgerMemory {
  const { ledger, clock } = dependencies;
  const rules = rulesToHash(dependencies.rules);
  let entries = new Map<string, LedgerEntry>();

  function toEntry({ user, outcome, isSecondary }: Settlement): LedgerEntry | undefined {
    const result = toResult(outcome);
    if (!result) return undefined;
    const { sub } = user;
    const workosUserId = mirroredTo(outcome) ?? entries.get(sub)?.workosUserId;
    return {
      sub,
      observedAt: newestTime(user, clock()),
      state: { hash: userToHash(user), rules, ...result, settledAt: clock().toISOString() },
      isSecondary,
      ...(workosUserId !== undefined && { workosUserId }),
    };
  }

  return {
    async prepare(subs, signal) {
      entries = new Map(await ledger.read(subs, signal));
    },
    entryOf: (sub) => entries.get(sub),
    recall(sub) {
      const { workosUserId, isSecondary = false } = entries.get(sub) ?? {};
      return workosUserId === undefined ? undefined : { workosUserId, isSecondary };
    },
    async note(settlement) {
      const { formerSub } = settlement;
      const entry = toEntry(settlement);
      if (formerSub !== undefined && formerSub !== settlement.user.sub) {
        await ledger.forgetState(formerSub);
      }
      if (!entry) return;
      entries.set(entry.sub, entry);
      await ledger.write(entry);
    },
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
