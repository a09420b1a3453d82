import { refusal } from './answers.ts';
import type { Answer, StrictUser } from './types.ts';

/** Why the environment sends no reset mail to somebody who exists. */
export interface ResetRules {
  /** Ids of users whose organization's policy forbids it. */
  readonly notAllowed: Set<string>;
  /** Mails until the quota of the day is used up. Default: no end. */
  dailyQuota: number;
  /** Signing in with a password is switched off for everybody. */
  passwordSignInOff: boolean;
}

export function createResetRules(): ResetRules {
  return { notAllowed: new Set(), dailyQuota: Number.POSITIVE_INFINITY, passwordSignInOff: false };
}

/** OpenAPI, create a password reset token: 403 and 429. */
export function refuseReset(user: StrictUser, sent: number, rules: ResetRules): Answer | undefined {
  const message = 'Request could not be processed.';
  if (rules.passwordSignInOff) return refusal(403, 'email_password_auth_disabled', message);
  if (rules.notAllowed.has(user.id)) return refusal(403, 'password_reset_not_allowed', message);
  if (sent >= rules.dailyQuota) return refusal(429, 'daily_quota_exceeded', message);
  return undefined;
}

/** The answer to POST /user_management/password_reset (OpenAPI `PasswordReset`). */
export function passwordReset(user: StrictUser, number: number, at: number) {
  const token = `reset-token-${number}`;
  return {
    object: 'password_reset',
    id: `password_reset_01${String(number).padStart(24, '0')}`,
    user_id: user.id,
    email: user.email,
    password_reset_token: token,
    password_reset_url: `https://example.com/reset-password?token=${token}`,
    created_at: new Date(at).toISOString(),
    expires_at: new Date(at + 3_600_000).toISOString(),
  };
}
