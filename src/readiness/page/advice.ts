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

/** A code in words; one that has none is its own word. */
export const skippedToWords = (reason: string): string => SKIPPED.get(reason) ?? reason;
export const unusableEmailToWords = (reason: string): string =>
  UNUSABLE_EMAIL.get(reason) ?? reason;
export const mfaMethodToWords = (method: string): string => MFA_METHODS.get(method) ?? method;
