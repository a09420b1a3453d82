import type { OperatorAction } from './operator-actions.ts';

/** What is the matter with a person, in one code. */
export type Situation =
  | 'in_sync'
  | 'crossed_over'
  | 'second_profile'
  | 'to_be_created'
  | 'to_be_linked'
  | 'to_be_updated'
  | 'older_state'
  | 'refused_by_workos'
  | 'not_mirrored'
  | 'conflict'
  | 'gone_from_cognito'
  | 'in_workos_only'
  | 'unknown_at_both'
  | 'workos_unknown';

type CanSignIn = 'yes' | 'not_yet' | 'no' | 'unknown';

/**
 * The answer to "Can this person sign in at WorkOS?", for a person at a help desk. Whole sentences, each of which may be
 * empty, except `answer`.
 *
 * - `answer`: what follows YES or NO, as the end of the sentence: "with a new password"; may be empty.
 * - `account`: whose account it is. `signIn`: how the person gets in. `problem`: what is wrong.
 * - `todo`: the steps, the safe one first; empty: there is nothing to do at all.
 * - `tell`: what the person who waits is told.
 * - `operator`: the commands that help, for who may run them.
 */
export type Answer = {
  canSignIn: CanSignIn;
  answer: string;
  account: string;
  signIn: string;
  problem: string;
  todo: string[];
  tell: string;
  operator: OperatorAction[];
};

/** `answer`: the whole of it, as {@link sayAnswer} makes it. */
export type InShort = Answer & { situation: Situation; needsAction: boolean };

const WORDS: Record<CanSignIn, string> = {
  yes: 'YES',
  not_yet: 'NOT YET',
  no: 'NO',
  unknown: 'NOT CERTAIN',
};

/** "YES, with a new password." */
export function sayAnswer({ canSignIn, answer }: Pick<Answer, 'canSignIn' | 'answer'>): string {
  return `${WORDS[canSignIn]}${answer === '' ? '' : `, ${answer}`}.`;
}
