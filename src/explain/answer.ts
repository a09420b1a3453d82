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

/**
 * The answer to the question of a person at a help desk: can this person sign in at WorkOS with the same account, what
 * is wrong, what is to be done. Each is whole sentences; `problem` and `todo` may be empty.
 */
export type Answer = {
  canSignIn: 'yes' | 'not_yet' | 'no' | 'unknown';
  answer: string;
  problem: string;
  todo: string;
};

export type InShort = Answer & { situation: Situation; needsAction: boolean };
