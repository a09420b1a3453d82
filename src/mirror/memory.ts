import type { ObservedUser } from '../cognito/observed-user.ts';
import type { Outcome } from './outcome.ts';

/** Where a sub was mirrored to the last time. `isSecondary`: as another profile's second one. */
export type Remembered = { workosUserId: string; isSecondary: boolean };

/**
 * How an observation ended. `formerSub`: the profile whose sub the WorkOS user carried before, where it
 * carries this one's now.
 */
export type Settlement = {
  user: ObservedUser;
  outcome: Outcome;
  isSecondary: boolean;
  formerSub?: string;
};

/**
 * What is remembered of earlier observations. Nothing rests on it but requests that can be saved, links
 * that have to end, and who was deleted in WorkOS: forgetting is always safe.
 */
export interface MirrorMemory {
  recall(sub: string): Remembered | undefined;
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
