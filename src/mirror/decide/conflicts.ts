import type { DeletionConflict } from '../deletion-outcome.ts';

/** Conflicts that the mirror finds. It writes nothing then, and a person has to decide. */
export type MirrorConflict =
  | 'unverified_email'
  | 'unverified_in_workos'
  | 'foreign_external_id'
  | 'address_passed_on'
  | 'email_taken'
  | 'email_locked'
  | 'metadata_full'
  | 'tagged_with_another_pool'
  | 'deleted_in_workos';

/** Conflicts that only a comparison of Cognito and WorkOS shows. */
export type ComparisonConflict =
  | 'disabled_in_cognito'
  | 'address_differs'
  | 'linked_sub_of_another'
  | 'primary_gone';

/** Every conflict that the consumer and the commands can report. */
export type ConflictReason = MirrorConflict | ComparisonConflict | DeletionConflict;

/** `means`: what the conflict is; `todo`: what a person can do about it. Plain text. */
export type Advice = { means: string; todo: string };

/**
 * What each conflict means and what to do: the terminal, the report and the documentation show these texts.
 * A reason without advice does not compile.
 */
export const CONFLICT_ADVICE: Record<ConflictReason, Advice> = {
  unverified_email: {
    means:
      'The address does not count as verified for this profile, so that nothing is written to the WorkOS user that has it or would be moved to it: Cognito has not verified it, or a SAML or OIDC provider that the profile signs in with, or is linked to, can assert any address.',
    todo: 'Nothing, if the address is not theirs. If it is, verify it in Cognito, and name the provider in TRUSTED_EMAIL_PROVIDERS, whole or for its own domains, where you trust its addresses.',
  },
  unverified_in_workos: {
    means:
      'A WorkOS user with this address exists whose email is not verified: another person may have registered it, with a password of their own.',
    todo: 'Do not ask the person to enter a code that WorkOS mails: it would prove the address for that WorkOS user, and a stranger’s password would still open it. If that WorkOS user has never signed in, delete it: the next sign-in at Cognito makes a new one. If it has, or for all such users at once, run seed or verify --fix with --take-over-unverified: it overwrites the passwords and ends the sessions.',
  },
  foreign_external_id: {
    means:
      'The WorkOS user with this address has an external id that this pool did not give it (yours, or another user pool’s).',
    todo: 'If it is the same person, empty that external id in WorkOS; the sync then joins the two if WorkOS has verified the address. Ask the owner of the system that set it first. If it is another person, change the wrong address.',
  },
  address_passed_on: {
    means:
      'The WorkOS user with this address belongs to another Cognito profile that used to have the address and cannot be moved to another one.',
    todo: 'Find out whose account it is. If both profiles are one person, set the external id of the WorkOS user to this sub. If not, give the other profile a verified address in Cognito, or change the address of the WorkOS user.',
  },
  email_taken: {
    means: 'The Cognito user moved to an address that another WorkOS user has.',
    todo: 'Decide who keeps the address, and change the other one’s, in WorkOS or in Cognito. A WorkOS user whose cognito_auth says unverified has not proved the address: delete it if it is not theirs.',
  },
  email_locked: {
    means: 'A directory manages the email of that WorkOS user, so that it cannot be changed here.',
    todo: 'Change the email in the directory.',
  },
  metadata_full: {
    means:
      'Your own metadata keys leave no room on the WorkOS user for cognito_pool, cognito_auth and cognito_synced_at; or, for a user that is gone from Cognito and would be deleted, no room for the list of its other profiles, so that it is not known whether one of them lives on.',
    todo: 'Remove keys from that WorkOS user: at most seven of your own fit beside the three, and six beside the list. If the user is gone from Cognito, decide about it by hand.',
  },
  tagged_with_another_pool: {
    means:
      'The WorkOS user with this sub as its external id belongs to another user pool: its key cognito_pool names that pool.',
    todo: 'Check that --user-pool-id (and --from) name the pool of these users. If they belong to this pool from now on, and nothing mirrors the other pool any more, run seed or verify --fix with --retag.',
  },
  deleted_in_workos: {
    means: 'This user was mirrored before, and the WorkOS user has been deleted since.',
    todo: 'Delete or disable the user in Cognito, too. To make the WorkOS user again, run seed or verify --fix with --recreate.',
  },
  disabled_in_cognito: {
    means:
      'The user is disabled in Cognito and can still sign in to WorkOS, which has no such state.',
    todo: 'Delete the WorkOS user, remove its memberships, or enable the user in Cognito.',
  },
  address_differs: {
    means:
      'The user has a new address in Cognito that Cognito has not verified, so WorkOS still has the old one.',
    todo: 'Have the new address verified in Cognito, or change it back.',
  },
  linked_sub_of_another: {
    means:
      'A WorkOS user names this Cognito profile as a second profile of its person, but the profile has a WorkOS user of its own or another address.',
    todo: 'Run verify --fix: it removes the link. If both are one person, give them the same verified address in Cognito first.',
  },
  primary_gone: {
    means:
      'The WorkOS user belongs to a Cognito profile that is gone; another profile of that person lives on.',
    todo: 'Do not delete the WorkOS user. Set its external id to the sub of the profile that lives on.',
  },
  deletion_held_back: {
    means:
      'The user is gone from Cognito, and its WorkOS user was not deleted, because maxDeletionsPerDay have been deleted today, or because the consumer has no ledger to count them in.',
    todo: 'Find out whether so many users were deleted on purpose. If they were, run verify --fix --delete-extra, which lists them first.',
  },
};

/** Whether a text is the name of a conflict. */
export function isConflictReason(text: string): text is ConflictReason {
  return Object.hasOwn(CONFLICT_ADVICE, text);
}
