import type { ObservedUser } from '../user/observed-user.ts';
import type { CarriedPassword } from './carried-password.ts';
import type { Outcome } from './outcome.ts';

/**
 * What an earlier round (or the memory) says about where the WorkOS user may be found:
 *
 * - `none`: nothing is known.
 * - `linked_elsewhere`: this sub was noted as another profile's second one the last time.
 * - `email_taken`: a create was refused because another WorkOS user has the email.
 * - `lost_a_race`: what the round had read has changed since.
 */
export type LookupHint = 'none' | 'linked_elsewhere' | 'email_taken' | 'lost_a_race';

/** What a round is given besides the user. */
export type RoundOptions = {
  hint: LookupHint;
  /** Subs that could not be moved to another address. */
  stuck: ReadonlySet<string>;
  signal: AbortSignal | undefined;
  /** What came with the observation about the user's password. */
  password?: CarriedPassword | undefined;
};

/**
 * How one round of the mirror ended.
 *
 * - `settled`: with an outcome. `isSecondary`: the WorkOS user is another profile's, and this one is noted
 *   on it. `confirmed`: what was mirrored in place of the observation, as Cognito showed it in this round.
 * - `again`: another process was faster; the next round starts with the hint.
 * - `move_holder_first`: the holder of the address has another one now and is mirrored before this user.
 */
export type RoundResult =
  | {
      kind: 'settled';
      outcome: Outcome;
      isSecondary: boolean;
      confirmed?: ObservedUser | undefined;
    }
  | { kind: 'again'; hint: LookupHint }
  | { kind: 'move_holder_first'; holder: ObservedUser };

/** An outcome → the result of the round; `isSecondary` is false where nothing else is given. */
export function settled(
  outcome: Outcome,
  details: { isSecondary?: boolean; confirmed?: ObservedUser | undefined } = {},
): RoundResult {
  return { kind: 'settled', outcome, isSecondary: false, ...details };
}
