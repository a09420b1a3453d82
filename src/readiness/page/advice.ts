import { type BulkSkipReason, SKIP_ADVICE } from '../../bulk/skip-advice.ts';
import type { EmailProblem } from '../../verify/user-facts.ts';

const EMAIL_PROBLEMS: Record<EmailProblem, string> = {
  no_email: 'No email',
  unverified_email: 'Email not verified',
};

const MFA_METHODS = new Map([
  ['SOFTWARE_TOKEN_MFA', 'Authenticator app'],
  ['SMS_MFA', 'Text message'],
  ['EMAIL_OTP', 'Code by email'],
]);

export const skippedToWords = (reason: BulkSkipReason): string => SKIP_ADVICE[reason].means;
export const emailProblemToWords = (problem: EmailProblem): string => EMAIL_PROBLEMS[problem];
/** Cognito's code in words; one that has none is its own word. */
export const mfaMethodToWords = (method: string): string => MFA_METHODS.get(method) ?? method;
