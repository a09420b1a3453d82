import { isConflictReason, type MirrorConflict } from '../mirror/decide/conflicts.ts';
import { skipReason } from '../mirror/decide/decision.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import type { Mirror } from '../mirror/mirror.ts';
import type { Outcome } from '../mirror/outcome.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { Ledger, LedgerEntry, LedgerState } from './ledger.ts';
import { type LedgerMemory, newestTime } from './ledger-memory.ts';
import { rulesToHash, userToHash } from './state-hash.ts';

/** `isRepeated`: the same state has ended so before, and nothing has to be said about it again. */
export type LedgerOutcome = Outcome & { isRepeated?: boolean };

/** A mirror that ends at once for a state that the ledger knows. */
export interface LedgerMirror {
  /** Reads what is known of the users that will be mirrored next. */
  prepare(users: readonly ObservedUser[], signal?: AbortSignal): Promise<void>;
  /**
   * @param options.isReplay somebody has sent the observation again: the ledger's word is not enough.
   * @param options.deliveries of the message, this one included. Default 1.
   * @throws RetryableError
   */
  mirror(
    user: ObservedUser,
    signal?: AbortSignal,
    options?: { isReplay?: boolean; deliveries?: number },
  ): Promise<LedgerOutcome>;
  /** The dead-letter queue has the user that WorkOS refuses: the same state needs no second letter. */
  noteRefusal(user: ObservedUser, reason: string): Promise<void>;
}

/** Refusals and conflicts are asked about again after this: somebody may have mended them. */
const REFUSED_MS = 600_000;
/** How often a changed user is handed back because the ledger takes no notes, before it goes on without. */
const PATIENT_DELIVERIES = 4;

export function createLedgerMirror(dependencies: {
  mirror: Mirror;
  ledger: Ledger;
  memory: LedgerMemory;
  rules: MirrorRules;
  clock: () => Date;
  /** For how long a state that was mirrored is taken to be in WorkOS still, in hours. */
  trustHours: number;
  /** Told of every observation that cost WorkOS nothing. */
  onHit?: () => void;
}): LedgerMirror {
  const { mirror, ledger, memory, clock, trustHours, onHit } = dependencies;
  const rules = rulesToHash(dependencies.rules);

  return {
    prepare: (users, signal) => memory.prepare([...new Set(users.map(({ sub }) => sub))], signal),
    async mirror(user, signal, { isReplay = false, deliveries = 1 } = {}) {
      if (deliveries > PATIENT_DELIVERIES) memory.goOnWithout(user.sub);
      const entry = memory.entryOf(user.sub);
      const newest = newestTime(user, clock());
      const known = entry?.state?.hash === userToHash(user) ? entry.state : undefined;
      if (entry && isOutdated(user, entry, clock())) return toStale(entry);
      const reason = skipReason(user);
      if (reason !== undefined) {
        await ledger.touch(user.sub, newest);
        return { outcome: 'skipped', reason };
      }
      const answer = entry && known && !isReplay && isTrusted(known) && toOutcome(entry, known);
      if (answer) {
        onHit?.();
        await ledger.touch(user.sub, newest);
        return answer;
      }
      const outcome = await mirror(user, signal);
      const isRepeated =
        known?.outcome === 'rejected' && outcome.outcome === 'rejected' && !isReplay;
      return isRepeated ? { ...outcome, isRepeated } : outcome;
    },
    async noteRefusal(user, reason) {
      const outcome = { outcome: 'rejected', reason } as const;
      await memory.noteSettled({ user, outcome, isSecondary: false });
    },
  };

  function isTrusted({ outcome, settledAt, ...state }: LedgerState): boolean {
    if (state.rules !== rules) return false;
    const age = clock().getTime() - Date.parse(settledAt);
    return age < (outcome === 'mirrored' ? trustHours * 3_600_000 : REFUSED_MS);
  }
}

/**
 * Whether a newer observation is known.
 *
 * A listing shows a state that is as old as its last change, and that a trigger has seen since: no older
 * state, as long as it is the same. One that differs has not caught up with the live event.
 */
export function isOutdated(
  user: ObservedUser,
  { observedAt, state }: LedgerEntry,
  now: Date,
): boolean {
  const isOlder = Date.parse(newestTime(user, now)) < Date.parse(observedAt);
  const isListedAgain = user.modifiedAt !== undefined && state?.hash === userToHash(user);
  return isOlder && !isListedAgain;
}

function toStale({ workosUserId }: LedgerEntry): LedgerOutcome {
  return { outcome: 'stale', ...(workosUserId !== undefined && { workosUserId }) };
}

/** As it ended then; undefined where the entry does not say enough. */
function toOutcome(
  { workosUserId }: LedgerEntry,
  { outcome, reason, conflictsWith = '' }: LedgerState,
): LedgerOutcome | undefined {
  switch (outcome) {
    case 'mirrored':
      return workosUserId === undefined ? undefined : { outcome: 'unchanged', workosUserId };
    case 'conflict':
      return isMirrorConflict(reason)
        ? { outcome, reason, workosUserId: conflictsWith, isRepeated: true }
        : undefined;
    case 'rejected':
      return reason === undefined ? undefined : { outcome, reason, isRepeated: true };
  }
}

function isMirrorConflict(reason: string | undefined): reason is MirrorConflict {
  return reason !== undefined && isConflictReason(reason);
}
