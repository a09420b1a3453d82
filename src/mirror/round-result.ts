import type { ObservedUser } from '../user/observed-user.ts';
import type { Outcome } from './outcome.ts';

/**
 * What is known before a look: nothing; that this sub was somebody's second profile the last time;
 * that a create was refused because somebody has the email; or that what was seen has changed.
 */
export type Clue = 'none' | 'linked_elsewhere' | 'email_taken' | 'lost_a_race';

/**
 * How one round of the mirror ended. `isSecondary`: the WorkOS user is another profile's, and this one is
 * noted on it. `confirmed`: what was mirrored in place of the observation, as Cognito had it by then.
 */
export type RoundResult =
  | {
      kind: 'settled';
      outcome: Outcome;
      isSecondary: boolean;
      confirmed?: ObservedUser | undefined;
    }
  | { kind: 'again'; clue: Clue }
  | { kind: 'move_on_first'; holder: ObservedUser };

export function settled(
  outcome: Outcome,
  whose: { isSecondary?: boolean; confirmed?: ObservedUser | undefined } = {},
): RoundResult {
  return { kind: 'settled', outcome, isSecondary: false, ...whose };
}
