/**
 * Why the WorkOS user of a profile that Cognito does not have stays, where that needs no decision:
 *
 * - `gone`: there is none, or the setting `deletions` is `keep`.
 * - `crossed_over`: the person has signed in at WorkOS.
 * - `not_ours`: it has no tag of ours, or another external id by now.
 * - `another_pool`: the message is about another user pool than the consumer's.
 * - `in_cognito`: Cognito has the profile after all.
 */
export type KeptReason = 'gone' | 'crossed_over' | 'not_ours' | 'another_pool' | 'in_cognito';

/** Conflicts over a WorkOS user that would be deleted; a person has to decide. */
export type DeletionConflict =
  | 'deletion_held_back'
  | 'primary_gone'
  | 'metadata_full'
  | 'tagged_with_another_pool';

/**
 * What became of the WorkOS user of a profile that Cognito does not have. `rejected`: WorkOS refuses to answer
 * about this user, or to delete it.
 */
export type DeletionOutcome =
  | { outcome: 'deleted'; workosUserId: string }
  | { outcome: 'skipped'; reason: KeptReason; workosUserId?: string }
  | { outcome: 'conflict'; reason: DeletionConflict; workosUserId: string }
  | { outcome: 'rejected'; reason: string };
