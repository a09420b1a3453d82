import type { ObservedUser } from '../user/observed-user.ts';
import type { Outcome } from './outcome.ts';

/** The WorkOS user that a sub was last mirrored to. `isSecondary`: as a second profile of its person. */
export type Remembered = { workosUserId: string; isSecondary: boolean };

/**
 * How an observation ended. `user`: the state that was mirrored; Cognito may have shown it later than the
 * observation.
 */
export type Settlement = {
  user: ObservedUser;
  outcome: Outcome;
  isSecondary: boolean;
};

/**
 * The subs whose state in WorkOS a write may change. `linked`: the person's other profiles, whose links have
 * to be checked again. `displaced`: a profile that loses the WorkOS user.
 */
export type Affected = { sub: string; linked: readonly string[]; displaced?: string };

/**
 * What is remembered of earlier observations. It saves requests, and tells which links have to end and which
 * users were deleted in WorkOS; losing it is always safe.
 */
export interface MirrorMemory {
  recall(sub: string): Remembered | undefined;
  /**
   * Called before a write, whose answer can be lost: nothing may be remembered as mirrored that the write
   * may change.
   *
   * @throws RetryableError where that cannot be ensured now and a retry may help.
   */
  beforeWrite(affected: Affected): Promise<void>;
  /**
   * Called before the WorkOS user of a profile that is gone from Cognito is deleted: an older observation that
   * arrives later must not create it again.
   *
   * @param gone.goneAt when Cognito did not have the profile, ISO 8601 in UTC.
   * @throws RetryableError where that cannot be ensured now.
   */
  beforeDelete(gone: { sub: string; workosUserId: string; goneAt: string }): Promise<void>;
  /** Called with every observation that was mirrored, also of holders that were moved first. */
  note(settlement: Settlement): Promise<void>;
}

/** A million users would not fit into a Lambda's memory. */
const MAXIMUM_REMEMBERED = 10_000;

/** Remembers only second profiles, for as long as the process lives: each saves a request. */
export function createProcessMemory(): MirrorMemory {
  const secondaries = new Map<string, Remembered>();
  return {
    recall: (sub) => secondaries.get(sub),
    async beforeWrite() {},
    async beforeDelete() {},
    async note({ user: { sub }, outcome, isSecondary }) {
      const workosUserId = mirroredTo(outcome);
      if (workosUserId === undefined) return;
      secondaries.delete(sub);
      if (!isSecondary) return;
      if (secondaries.size >= MAXIMUM_REMEMBERED) secondaries.clear();
      secondaries.set(sub, { workosUserId, isSecondary });
    },
  };
}

/** The WorkOS user that has what was observed; undefined where nothing was mirrored. */
export function mirroredTo(outcome: Outcome): string | undefined {
  switch (outcome.outcome) {
    case 'created':
    case 'linked':
    case 'updated':
    case 'unchanged':
      return outcome.workosUserId;
    default:
      return undefined;
  }
}
