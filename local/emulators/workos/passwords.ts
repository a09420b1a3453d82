import { refusal } from './answers.ts';
import type { Answer, PasswordFields, PasswordHashType } from './api-types.ts';
import { isPasswordHash, passwordMatcher } from './password-hash.ts';

/** What a user signs in with. No answer ever shows it. */
export type StrictPassword =
  | { kind: 'plain'; password: string }
  | { kind: 'hash'; hash: string; type: PasswordHashType };

/**
 * https://workos.com/docs/authkit/email-password: a minimum length by default, the number not given;
 * the complexity and breach checks are left out.
 */
const MINIMUM_LENGTH = 10;

/**
 * OpenAPI, create and update user, 400: a password beside a hash or beside its type. Looked at before
 * the schema, which forbids both as well; a hash without its type is left to the schema.
 */
export function twoPasswords(body: unknown): Answer | undefined {
  if (typeof body !== 'object' || body === null || !('password' in body)) return undefined;
  if (body.password === null || !('password_hash_type' in body)) return undefined;
  return 'password_hash' in body
    ? refusal(400, 'password_and_password_hash_provided', 'Only one of them can be set.')
    : refusal(400, 'password_and_password_hash_type_provided', 'Only one of them can be set.');
}

/** OpenAPI, create and update user, 400: `password_strength_error`, `invalid_password_hash`. */
export function passwordProblem(fields: PasswordFields): Answer | undefined {
  const password = toPassword(fields);
  if (password?.kind === 'plain' && [...password.password].length < MINIMUM_LENGTH) {
    const message = `A password has at least ${MINIMUM_LENGTH} characters.`;
    const errors = [{ code: 'password_too_short', message }];
    return refusal(400, 'password_strength_error', 'Validation failed.', { errors });
  }
  // Whether a hash has to pass the strength policy is not documented, and it cannot be seen from it.
  if (password?.kind === 'hash' && !isPasswordHash(password.type, password.hash)) {
    return refusal(400, 'invalid_password_hash', `This is no ${password.type} hash.`);
  }
  return undefined;
}

/** Undefined where the request leaves the password as it is. */
export function toPassword(fields: PasswordFields): StrictPassword | undefined {
  const { password, password_hash: hash, password_hash_type: type } = fields;
  if (typeof password === 'string') return { kind: 'plain', password };
  return hash !== undefined && type !== undefined ? { kind: 'hash', hash, type } : undefined;
}

/** Undefined where the stand-in cannot tell: it checks neither bcrypt nor firebase-scrypt. */
export function isPassword(set: StrictPassword, password: string): boolean | undefined {
  if (set.kind === 'plain') return set.password === password;
  return passwordMatcher(set.type, set.hash)?.(password);
}
