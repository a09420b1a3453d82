import { INJECTED_ANSWER } from '../injected-answer.ts';
import type { Accounts } from './accounts.ts';
import { refusal } from './answers.ts';
import type { Answer, PasswordSignInBody, StrictUser } from './api-types.ts';
import { isPassword } from './passwords.ts';

export interface AuthenticateSettings {
  accounts: Accounts;
  /** Whether the environment has this key now. */
  isKey: (secret: string) => boolean;
  passwordSignInOff: () => boolean;
}

const FAILED = 'Request could not be processed.';

/** OpenAPI, authenticate, `grant_type=password`. Any client id will do. */
export function createAuthenticate({ accounts, ...settings }: AuthenticateSettings) {
  let pending = 0;

  return function authenticate({ client_secret, email, password }: PasswordSignInBody): Answer {
    if (!settings.isKey(client_secret)) return invalidClient();
    if (settings.passwordSignInOff()) return refusal(403, 'email_password_auth_disabled', FAILED);
    const user = accounts.users.byEmail(email);
    const set = user && accounts.passwords.get(user.id);
    // The same for an unknown email as for a wrong password: the spec has one code.
    if (!user || !set) return refusal(400, 'invalid_credentials', FAILED);
    const right = isPassword(set, password);
    if (right === undefined) return cannotTell();
    if (!right) return refusal(400, 'invalid_credentials', FAILED);
    if (!user.email_verified) return verificationRequired(user);
    const { id } = accounts.signIn(user, 'password');
    const tokens = { access_token: `access-token-${id}`, refresh_token: `refresh-token-${id}` };
    return { status: 200, body: { user, ...tokens, authentication_method: 'Password' } };
  };

  /** https://workos.com/docs/reference/authkit/authentication-errors: the email is verified first. */
  function verificationRequired({ email }: StrictUser): Answer {
    pending += 1;
    return refusal(403, 'email_verification_required', 'Email ownership must be verified.', {
      pending_authentication_token: `pending-token-${pending}`,
      email,
      email_verification_id: `email_verification_01${String(pending).padStart(24, '0')}`,
    });
  }
}

/** OpenAPI, authenticate, 400: OAuth's own errors have `error` in place of `code`. */
function invalidClient(): Answer {
  const error_description = 'The request failed due to: invalid_client.';
  return { status: 400, body: { error: 'invalid_client', error_description } };
}

/** No answer of WorkOS's: a test that needs one has to use another kind of hash. */
function cannotTell(): Answer {
  const message = 'The stand-in checks neither bcrypt nor firebase-scrypt.';
  return { ...refusal(501, 'not_implemented', message), headers: { [INJECTED_ANSWER]: 'unable' } };
}
