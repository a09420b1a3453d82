import type { CarriedPassword } from '../mirror/carried-password.ts';
import { isConflictReason, type MirrorConflict } from '../mirror/decide/conflicts.ts';
import { skipReason } from '../mirror/decide/decision.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import { mirroredTo } from '../mirror/memory.ts';
import type { Mirror } from '../mirror/mirror.ts';
import type { Outcome } from '../mirror/outcome.ts';
import type { SettleGone } from '../mirror/settle-gone.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { Ledger, LedgerEntry, LedgerState } from './ledger.ts';
import { type LedgerMemory, newestTime } from './ledger-memory.ts';
import { rulesToHash, userToHash } from './state-hash.ts';

/** `isRepeated`: the same state has ended like this before and was reported then. */
export type LedgerOutcome = Outcome & { isRepeated?: boolean };

/**
 * A mirror that sends nothing to WorkOS for a state that the ledger has as mirrored (docs/design.md#ledger).
 */
export interface LedgerMirror {
  /** Reads the entries of the users that will be mirrored next, or are gone. */
  prepare(users: readonly Pick<ObservedUser, 'sub'>[], signal?: AbortSignal): Promise<void>;
  /**
   * @param options.isReplay whether an operator has replayed the message: WorkOS is asked whatever the
   *   ledger has.
   * @param options.deliveries of the message, this one included. Default 1.
   * @param options.password what came with the observation about the user's password.
   * @throws RetryableError
   */
  mirror(
    user: ObservedUser,
    signal?: AbortSignal,
    options?: { isReplay?: boolean; deliveries?: number; password?: CarriedPassword | undefined },
  ): Promise<LedgerOutcome>;
  /**
   * To be called when the message of a refused user is in the dead-letter queue: the same state is not sent
   * there again.
   */
  noteRefusal(user: ObservedUser, reason: string): Promise<void>;
  /** Settles a profile that Cognito does not have; an observation from before is `stale` afterwards. */
  settleGone: SettleGone;
  /**
   * Whether a password is still to be dealt with though the observation that brought it is `stale`: it is newer than
   * the one that was dealt with last.
   */
  isOwed(sub: string, password: CarriedPassword): boolean;
  /** To be called when a disabled user was looked up in WorkOS: until it is enabled again, its outcome is repeated. */
  noteBan(sub: string): Promise<void>;
}

/** Refusals and conflicts are tried again after this: their cause may have been fixed. */
const REFUSAL_TRUSTED_MS = 600_000;
/** How often a changed user is delivered while the ledger cannot be written, before it is mirrored without. */
const MAXIMUM_DELIVERIES_UNNOTED = 4;
const CARRIED_AGAIN_AFTER_MS = 24 * 3_600_000;

/** @param dependencies.mirror mirrors what the ledger does not answer; it must use the same `memory`. */
export function createLedgerMirror(dependencies: {
  mirror: Mirror;
  settleGone: SettleGone;
  ledger: Ledger;
  memory: LedgerMemory;
  rules: MirrorRules;
  clock: () => Date;
  /** For how many hours a state that was mirrored is assumed to be in WorkOS unchanged. */
  trustHours: number;
  /** Called for every observation that needed no request to WorkOS. */
  onHit?: () => void;
}): LedgerMirror {
  const { mirror, ledger, memory, clock, trustHours, onHit } = dependencies;
  const rules = rulesToHash(dependencies.rules);

  return {
    prepare: (users, signal) => memory.prepare([...new Set(users.map(({ sub }) => sub))], signal),
    async mirror(user, signal, { isReplay = false, deliveries = 1, password: offered } = {}) {
      if (deliveries > MAXIMUM_DELIVERIES_UNNOTED) memory.writeWithoutLedger(user.sub);
      const entry = memory.entryOf(user.sub);
      const newest = newestTime(user, clock());
      const known = entry?.state?.hash === userToHash(user) ? entry.state : undefined;
      if (entry && isOutdated(user, entry, clock())) return toStale(entry);
      const reason = skipReason(user);
      if (reason !== undefined) {
        await ledger.touch(user.sub, newest);
        const isRepeated = reason === 'disabled' && entry?.isBanNoted;
        return { outcome: 'skipped', reason, ...(isRepeated && { isRepeated }) };
      }
      // Triggers do not say whether the user is enabled.
      if (entry?.isBanNoted && user.enabled) await ledger.noteBan(user.sub, false);
      const password = offered && isDue(offered, entry, known) ? offered : undefined;
      // A conflict is answered as usual: nothing is carried to a WorkOS user that may be another person's. But a
      // password that was reset is overwritten also there.
      const isMirrored = known?.outcome === 'mirrored';
      const isOpen = isReplay || (password !== undefined && (isMirrored || password.isReset));
      const answer = entry && known && !isOpen && isTrusted(known) && toOutcome(entry, known);
      if (answer) {
        onHit?.();
        await ledger.touch(user.sub, newest);
        return answer;
      }
      const outcome = await mirror(user, signal, password);
      if (password) await notePassword(user.sub, password, outcome);
      const isRepeated =
        known?.outcome === 'rejected' && outcome.outcome === 'rejected' && !isReplay;
      return isRepeated ? { ...outcome, isRepeated } : outcome;
    },
    async noteRefusal(user, reason) {
      const outcome = { outcome: 'rejected', reason } as const;
      await memory.noteSettled({ user, outcome, isSecondary: false });
    },
    async settleGone(gone, signal) {
      const asked = clock();
      const outcome = await dependencies.settleGone(gone, signal);
      const isGone = outcome.outcome !== 'skipped' || outcome.reason !== 'in_cognito';
      if (isGone) await ledger.touch(gone.sub, asked.toISOString());
      return outcome;
    },
    isOwed(sub, password) {
      const entry = memory.entryOf(sub);
      // Without an entry, a newer password may have been carried.
      return entry !== undefined && isDue(password, entry, entry.state);
    },
    noteBan: (sub) => ledger.noteBan(sub, true),
  };

  /** A password is carried once a day at most, unless the user has just set it, or has changed otherwise. */
  function isDue(
    { isReset, isSealed, observedAt }: CarriedPassword,
    entry: LedgerEntry | undefined,
    known: LedgerState | undefined,
  ): boolean {
    const { passwordAt, isPasswordMissing } = entry ?? {};
    const age = Date.parse(observedAt) - Date.parse(passwordAt ?? '');
    // A message that comes late says nothing of the password that was dealt with since.
    if (age < 0) return false;
    if (isReset || !isSealed) return isReset;
    if (!known || passwordAt === undefined || isPasswordMissing) return true;
    return age >= CARRIED_AGAIN_AFTER_MS;
  }

  /** A password whose key could not be used is not dealt with, nor one of a user who was not mirrored. */
  async function notePassword(
    sub: string,
    password: CarriedPassword,
    outcome: Outcome,
  ): Promise<void> {
    if (password.isPending() || mirroredTo(outcome) === undefined) return;
    const isMissing = password.isReset && !('passwordCarried' in outcome);
    await ledger.notePassword(sub, { at: newestTime(password, clock()), isMissing });
  }

  function isTrusted({ outcome, settledAt, ...state }: LedgerState): boolean {
    if (state.rules !== rules) return false;
    const age = clock().getTime() - Date.parse(settledAt);
    return age < (outcome === 'mirrored' ? trustHours * 3_600_000 : REFUSAL_TRUSTED_MS);
  }
}

/**
 * Whether the ledger has a newer observation.
 *
 * A listed profile is as old as its last change, which a trigger may have observed since: that is not
 * outdated as long as the state is the same. If it differs, the listing is behind the live event.
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

/** The outcome that the entry has; undefined where the entry does not say enough. */
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
