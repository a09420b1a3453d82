export type Advice = { means: string; todo: string };

/** What each reason of conflict means and what a person can do about it. */
const CONFLICTS = new Map<string, Advice>([
  [
    'unverified_email',
    {
      means: 'The address is not verified in Cognito, and another WorkOS user has it.',
      todo: 'Nothing, if it is not theirs. If it is, verify it in Cognito. A provider whose addresses you trust can be named in TRUSTED_EMAIL_PROVIDERS.',
    },
  ],
  [
    'email_taken',
    {
      means: 'The Cognito user moved to an address that another WorkOS user has.',
      todo: 'Decide who keeps the address, and change the other one’s, in WorkOS or in Cognito.',
    },
  ],
  [
    'email_locked',
    {
      means:
        'A directory manages the email of that WorkOS user, so that it cannot be changed here.',
      todo: 'Change the email in the directory.',
    },
  ],
  [
    'foreign_external_id',
    {
      means: 'The WorkOS user with this email has an external id that is not from Cognito.',
      todo: 'If it is the same person, empty that external id in WorkOS, or set it to the Cognito sub.',
    },
  ],
  [
    'primary_gone',
    {
      means:
        'The WorkOS user belongs to a Cognito profile that is gone; another profile of that person lives on.',
      todo: 'Do not delete the WorkOS user. Set its external id to the sub of the profile that lives on.',
    },
  ],
]);

const UNKNOWN_CONFLICT: Advice = {
  means: 'WorkOS does not take the change, for the reason it names.',
  todo: 'Mend the user in Cognito or in WorkOS, then compare again.',
};

const SKIPPED = new Map([
  ['no_email', 'No email: WorkOS needs one'],
  ['unconfirmed', 'Sign-up never confirmed'],
  ['disabled', 'Disabled in Cognito: mirrored, they could sign in again'],
]);

const UNUSABLE_EMAIL = new Map([
  ['no_email', 'No email'],
  ['unverified_email', 'Email not verified'],
]);

const MFA_METHODS = new Map([
  ['SOFTWARE_TOKEN_MFA', 'Authenticator app'],
  ['SMS_MFA', 'Text message'],
  ['EMAIL_OTP', 'Code by email'],
]);

export function conflictToAdvice(reason: string): Advice {
  return CONFLICTS.get(reason) ?? UNKNOWN_CONFLICT;
}

/** A code in words; one that has none is its own word. */
export const skippedToWords = (reason: string): string => SKIPPED.get(reason) ?? reason;
export const unusableEmailToWords = (reason: string): string =>
  UNUSABLE_EMAIL.get(reason) ?? reason;
export const mfaMethodToWords = (method: string): string => MFA_METHODS.get(method) ?? method;
