import { notFound, refusal } from './answers.ts';
import type { Answer, PasswordResetBody, StrictUser } from './api-types.ts';
import type { EmulatedUserIndex } from './user-index.ts';

/** A password-reset mail that would have been sent. */
export interface RecordedReset {
  email: string;
  userId: string;
  at: number;
}

/** Why the environment sends no reset mail to a user who exists. */
export interface ResetRules {
  /** Ids of users whose organization's policy forbids it. */
  readonly notAllowed: Set<string>;
  /** Mails until the quota of the day is used up. Default: no end. */
  dailyQuota: number;
  /** Signing in with a password is switched off in this environment: no resets, no sign-ins. */
  passwordSignInOff: boolean;
}

export function createResetRules(): ResetRules {
  return { notAllowed: new Set(), dailyQuota: Number.POSITIVE_INFINITY, passwordSignInOff: false };
}

/** OpenAPI, create a password reset token: it mails the user, and answers with the token as well. */
export function createResetPassword(
  users: EmulatedUserIndex,
  { resets, resetRules }: { resets: RecordedReset[]; resetRules: ResetRules },
  clock: () => number,
) {
  return function resetPassword({ email }: PasswordResetBody): Answer {
    const user = users.byEmail(email);
    if (!user) return notFound('User', email);
    const refused = refuseReset(user, resets.length, resetRules);
    if (refused) return refused;
    const at = clock();
    const number = resets.push({ email: user.email, userId: user.id, at });
    return { status: 201, body: passwordReset(user, number, at) };
  };
}

/** OpenAPI, create a password reset token: 403 and 429. */
function refuseReset(user: StrictUser, sent: number, rules: ResetRules): Answer | undefined {
  const message = 'Request could not be processed.';
  if (rules.passwordSignInOff) return refusal(403, 'email_password_auth_disabled', message);
  if (rules.notAllowed.has(user.id)) return refusal(403, 'password_reset_not_allowed', message);
  if (sent >= rules.dailyQuota) return refusal(429, 'daily_quota_exceeded', message);
  return undefined;
}

/** The answer to POST /user_management/password_reset (OpenAPI `PasswordReset`). */
function passwordReset(user: StrictUser, number: number, at: number) {
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
