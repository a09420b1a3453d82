import type { ObservedUser } from '../user/observed-user.ts';
import type { Outcome } from './outcome.ts';

/** Where a sub was mirrored to the last time. `isSecondary`: as another profile's second one. */
export type Remembered = { workosUserId: string; isSecondary: boolean };

/** How an observation ended. `user`: the state that was mirrored, which Cognito may have shown later. */
export type Settlement = {
  user: ObservedUser;
  outcome: Outcome;
  isSecondary: boolean;
};

/**
 * Whose state in WorkOS a write may change. `linked`: the other profiles of the person; what becomes of
 * their link has to be looked at anew. `displaced`: has nothing to do with the WorkOS user any more.
 */
export type Affected = { sub: string; linked: readonly string[]; displaced?: string };

/**
 * What is remembered of earlier observations. Nothing rests on it but requests that can be saved, links
 * that have to end, and who was deleted in WorkOS: forgetting is always safe.
 */
export interface MirrorMemory {
  recall(sub: string): Remembered | undefined;
  /**
   * Nothing must be remembered as mirrored that the write may change: its answer can be lost, and the
   * process can end.
   *
   * @throws RetryableError where that cannot be assured now, and waiting may help.
   */
  beforeWrite(affected: Affected): Promise<void>;
  /** Told of every observation that was mirrored, of those who had to be moved on first, too. */
  note(settlement: Settlement): Promise<void>;
}

/** A million users do not fit into a Lambda. */
const MAXIMUM_REMEMBERED = 10_000;

/** Remembers second profiles alone, for as long as the process lives: they cost a request less each. */
export function createProcessMemory(): MirrorMemory {
  const secondaries = new Map<string, Remembered>();
  return {
    recall: (sub) => secondaries.get(sub),
    async beforeWrite() {},
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
