import type { Advice } from '../mirror/decide/conflicts.ts';

/** Why a Cognito profile gets no password-reset mail. */
export type NoMailReason =
  | 'federated_only'
  | 'disabled'
  | 'unconfirmed'
  | 'other_status'
  | 'no_email'
  | 'not_in_workos'
  | 'email_unverified'
  | 'email_differs'
  | 'email_unverified_in_workos'
  | 'in_conflict'
  | 'metadata_full'
  | 'carried'
  | 'mailed_before';

/** What each reason means and what to do: a reason without advice does not compile. */
export const NO_MAIL_ADVICE: Record<NoMailReason, Advice> = {
  federated_only: {
    means: 'The profile signs in through an identity provider and has no password.',
    todo: 'Nothing: the user signs in through the same provider in WorkOS.',
  },
  disabled: {
    means: 'The user is disabled in Cognito.',
    todo: 'Nothing, or enable the user in Cognito.',
  },
  unconfirmed: {
    means: 'The sign-up was never confirmed, so the user is not mirrored.',
    todo: 'Nothing: the user can sign up again in WorkOS.',
  },
  other_status: {
    means: 'Cognito does not let a user of this status sign in with a password.',
    todo: 'Look at the status of the user in Cognito.',
  },
  no_email: {
    means: 'The user has no email in Cognito, and WorkOS needs one.',
    todo: 'Ask the user for an address before the cutover.',
  },
  not_in_workos: {
    means: 'WorkOS does not have the user yet.',
    todo: 'Run npx cws seed and npx cws verify first.',
  },
  email_unverified: {
    means: 'Cognito has not verified the address, so a stranger could get the mail.',
    todo: 'Verify the address in Cognito, or give --include-unverified.',
  },
  email_differs: {
    means: 'WorkOS has another address than Cognito, and would mail that one.',
    todo: 'Run npx cws seed and npx cws verify first.',
  },
  email_unverified_in_workos: {
    means: 'The address is verified in Cognito, but not yet in WorkOS.',
    todo: 'Run npx cws seed and npx cws verify first.',
  },
  in_conflict: {
    means: 'verify reports a conflict: it is not certain whose account it is.',
    todo: 'Run npx cws verify and settle the conflict.',
  },
  metadata_full: {
    means:
      'Ten metadata keys leave no room for cognito_reset_mailed_at, which keeps a second mail away.',
    todo: 'Remove one of your own metadata keys from the user in WorkOS.',
  },
  carried: {
    means: 'The password was carried over: the user signs in to WorkOS with the one of Cognito.',
    todo: 'Nothing.',
  },
  mailed_before: {
    means:
      'WorkOS was asked for the mail before: the user has the metadata key cognito_reset_mailed_at.',
    todo: 'Nothing; for a new link: reset-passwords --only FILE --mail-again.',
  },
};

/** The user keeps the password of Cognito. */
export const KEPT = 'carried' satisfies NoMailReason;

/** The user was mailed by a run with another state file. */
export const MAILED_BEFORE = 'mailed_before' satisfies NoMailReason;

/** Whether a text names a reason for which no mail is sent. */
export function isNoMailReason(text: string): text is NoMailReason {
  return Object.hasOwn(NO_MAIL_ADVICE, text);
}
