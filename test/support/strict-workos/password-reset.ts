import type { StrictUser } from './types.ts';

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
