/**
 * Which rule of docs/design.md#whose-account has decided what becomes of an observed user. Every decision names one,
 * so that a person can be told why.
 *
 * - `skipped_…`: the profile is not mirrored at all.
 * - `own_…`: WorkOS has a user whose external id is this sub.
 * - `email_…`: WorkOS has a user with this address, whose external id is another one, or none.
 * - `holder_…`: that user belongs to another Cognito profile.
 * - `taken_…`: the user's own WorkOS user would move to an address that another one has.
 */
export type DecidingRule =
  | 'skipped_disabled'
  | 'skipped_unconfirmed'
  | 'skipped_no_email'
  | 'not_found'
  | 'deleted_in_workos'
  | 'older_observation'
  | 'address_given_up'
  | 'metadata_full'
  | 'own_of_another_pool'
  | 'own_proved_in_workos_alone'
  | 'own_moves_to_unverified'
  | 'own_crossed_over'
  | 'own_kept_up_to_date'
  | 'email_not_verified'
  | 'email_of_foreign_user'
  | 'email_unverified_in_workos'
  | 'email_linked'
  | 'holder_is_the_same_person'
  | 'holder_gives_way_to_native'
  | 'holder_never_proved_address'
  | 'holder_unproved_has_crossed_over'
  | 'holder_moves_on_first'
  | 'holder_cannot_move_on'
  | 'taken_by_lookalike'
  | 'taken_by_foreign_user'
  | 'taken_and_proved_in_workos'
  | 'taken_by_its_holder'
  | 'taken_holder_moves_on_first'
  | 'taken_holder_cannot_move_on';

/** `sentence`: the rule as a person reads it, without the words of the code. `anchor`: where docs/design.md has it. */
type RuleText = { sentence: string; anchor: RuleAnchor };

/** The sections of docs/design.md that have the rules. */
type RuleAnchor =
  | 'principles'
  | 'metadata'
  | 'counts-as-verified'
  | 'finding'
  | 'updating'
  | 'skipped';

/** The text of each rule. A rule without one does not compile. */
export const DECIDING_RULES: Record<DecidingRule, RuleText> = {
  skipped_disabled: {
    sentence:
      'An account that is disabled in Cognito is not brought to WorkOS: WorkOS cannot disable an account, so a banned person could sign in again there.',
    anchor: 'skipped',
  },
  skipped_unconfirmed: {
    sentence: 'A sign-up that was never confirmed is not brought to WorkOS.',
    anchor: 'skipped',
  },
  skipped_no_email: {
    sentence:
      'A Cognito account without an email address is not brought to WorkOS, where every account needs one.',
    anchor: 'skipped',
  },
  not_found: {
    sentence:
      'WorkOS has no account that was made for this Cognito account, and none with its address: a new one is made.',
    anchor: 'finding',
  },
  deleted_in_workos: {
    sentence:
      'This Cognito account had a WorkOS account, which has been deleted in WorkOS since. It is not made again, because the deletion may have been meant.',
    anchor: 'finding',
  },
  older_observation: {
    sentence:
      'WorkOS already has something newer of this Cognito account than what was seen in Cognito: an older state never overwrites a newer one.',
    anchor: 'updating',
  },
  address_given_up: {
    sentence:
      'Cognito was asked again, and this Cognito account does not have this address as a proved one now: nothing is done on the strength of an address that Cognito does not confirm.',
    anchor: 'finding',
  },
  metadata_full: {
    sentence:
      'The WorkOS account has so many metadata keys of your own that there is no room for the three that the sync needs, and without them it must not write.',
    anchor: 'metadata',
  },
  own_of_another_pool: {
    sentence:
      'The WorkOS account that has this sub as its external id is marked as one of another user pool, so it is left alone.',
    anchor: 'finding',
  },
  own_proved_in_workos_alone: {
    sentence:
      'The WorkOS account was made for this Cognito account while its address was unproved, and then a person proved the address to WorkOS. That person need not be the one who registered it in Cognito, so nothing is written until Cognito has verified the address, too.',
    anchor: 'updating',
  },
  own_moves_to_unverified: {
    sentence:
      'The Cognito account has a new address that does not count as proved. The WorkOS account is not moved to it: its password may be older than the move, and would open the account of the person who really has that address.',
    anchor: 'updating',
  },
  own_crossed_over: {
    sentence:
      'The person has signed in at WorkOS. Since then WorkOS is where name, address and password are kept: the sync never overwrites them, whatever Cognito says, and only keeps its own notes up to date.',
    anchor: 'principles',
  },
  own_kept_up_to_date: {
    sentence:
      'The WorkOS account was made for this very Cognito account, and the person has not signed in at WorkOS yet: it follows Cognito, and only what differs is written.',
    anchor: 'updating',
  },
  email_not_verified: {
    sentence:
      'WorkOS has an account with this address, and the address does not count as proved for this Cognito account: a person could have typed in the address of another. So the WorkOS account is not given to this Cognito account, and nothing is written to it.',
    anchor: 'counts-as-verified',
  },
  email_of_foreign_user: {
    sentence:
      'WorkOS has an account with this address whose external id this sync did not set. What the sync did not make is not the sync’s, so nothing is written to it.',
    anchor: 'principles',
  },
  email_unverified_in_workos: {
    sentence:
      'WorkOS has an account with this address that was never proved to WorkOS. A stranger may have registered it, with a password of their own, and would get into the account if the two were joined.',
    anchor: 'finding',
  },
  email_linked: {
    sentence:
      'WorkOS has an account with this address that belongs to no Cognito account yet. Both sides have the address as a proved one, so it is the same person: the WorkOS account becomes this Cognito account’s.',
    anchor: 'finding',
  },
  holder_is_the_same_person: {
    sentence:
      'Two Cognito accounts have the same proved address, so both are one person and share one WorkOS account. This Cognito account is noted on it as a further one, and changes neither its name nor its address.',
    anchor: 'finding',
  },
  holder_gives_way_to_native: {
    sentence:
      'Two Cognito accounts have the same proved address, so both are one person. The one with a password comes before the one of a provider such as Google: the WorkOS account becomes this Cognito account’s, and the other one is noted on it.',
    anchor: 'finding',
  },
  holder_never_proved_address: {
    sentence:
      'The WorkOS account with this address was made for another Cognito account, which never proved that the address is its own. This Cognito account has proved it, so the WorkOS account becomes this Cognito account’s, and nothing of the other one stays.',
    anchor: 'finding',
  },
  holder_unproved_has_crossed_over: {
    sentence:
      'The WorkOS account with this address belongs to another Cognito account, which does not count as having proved the address, and a person has signed in at WorkOS with it. Who that was is not known, so nothing is written.',
    anchor: 'finding',
  },
  holder_moves_on_first: {
    sentence:
      'The WorkOS account with this address belongs to another Cognito account, which has another proved address by now. That Cognito account is moved to its new address first, then this one is looked at again.',
    anchor: 'finding',
  },
  holder_cannot_move_on: {
    sentence:
      'The WorkOS account with this address belongs to another Cognito account, which used to have the address and cannot be moved to another one. Two people must not be merged, so nothing is written.',
    anchor: 'finding',
  },
  taken_by_lookalike: {
    sentence:
      'WorkOS takes the address for that of another account, though some of their letters differ: nothing is written.',
    anchor: 'updating',
  },
  taken_by_foreign_user: {
    sentence:
      'The Cognito account has a new address, and WorkOS has an account with it that this sync did not make: nothing is written.',
    anchor: 'updating',
  },
  taken_and_proved_in_workos: {
    sentence:
      'The Cognito account has a new address, and WorkOS has another account with it, to whom a person has proved the address in WorkOS: nothing is written.',
    anchor: 'updating',
  },
  taken_by_its_holder: {
    sentence:
      'The Cognito account has a new address, and WorkOS has another account with it, whose Cognito account has that address, too: nothing is written.',
    anchor: 'updating',
  },
  taken_holder_moves_on_first: {
    sentence:
      'The Cognito account has a new address, and WorkOS has another account with it, whose Cognito account has moved to yet another address: that one is moved first, then this one is looked at again.',
    anchor: 'updating',
  },
  taken_holder_cannot_move_on: {
    sentence:
      'The Cognito account has a new address, and WorkOS has another account with it, whose Cognito account no longer has that address and cannot be moved to another one: nothing is written.',
    anchor: 'updating',
  },
};
