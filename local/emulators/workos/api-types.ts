/** A user in the API's own shape (OpenAPI `UserlandUser`). */
export interface StrictUser {
  object: 'user';
  id: string;
  email: string;
  email_verified: boolean;
  first_name: string | null;
  last_name: string | null;
  external_id: string | null;
  metadata: Record<string, string>;
  profile_picture_url: string | null;
  last_sign_in_at: string | null;
  locale: string | null;
  /** ISO 8601. */
  created_at: string;
  /** ISO 8601. */
  updated_at: string;
}

/** An OAuth identity as GET /users/:id/identities gives it; no call creates one. */
export interface StrictIdentity {
  idp_id: string;
  type: 'OAuth';
  provider: string;
}

/** A session as GET /users/:id/sessions gives it; times are ISO 8601. */
export interface StrictSession {
  object: 'session';
  id: string;
  user_id: string;
  auth_method: 'external_auth' | 'magic_code' | 'oauth' | 'passkey' | 'password' | 'sso';
  status: 'active' | 'expired' | 'revoked';
  ip_address: string | null;
  user_agent: string | null;
  expires_at: string;
  ended_at: string | null;
  created_at: string;
  updated_at: string;
}

/** A second factor as GET /users/:id/auth_factors gives it (OpenAPI `AuthenticationFactor`). */
export interface StrictAuthFactor {
  object: 'authentication_factor';
  id: string;
  type: 'generic_otp' | 'sms' | 'totp' | 'webauthn';
  user_id: string;
  sms?: { phone_number: string };
  totp?: { issuer: string; user: string };
  created_at: string;
  updated_at: string;
}

export type PasswordHashType =
  | 'argon2'
  | 'bcrypt'
  | 'firebase-scrypt'
  | 'pbkdf2'
  | 'scrypt'
  | 'ssha';

/** What creating and updating a user share; a hash always comes with its type. */
export interface PasswordFields {
  password?: string | null;
  password_hash?: string;
  password_hash_type?: PasswordHashType;
}

export interface CreateUserBody extends PasswordFields {
  email: string;
  email_verified?: boolean | null;
  first_name?: string | null;
  last_name?: string | null;
  external_id?: string | null;
  metadata?: Record<string, string> | null;
}

export interface UpdateUserBody extends PasswordFields {
  email?: string;
  email_verified?: boolean;
  first_name?: string;
  last_name?: string;
  locale?: string | null;
  external_id?: string | null;
  metadata?: Record<string, string | null> | null;
}

export interface PasswordResetBody {
  email: string;
}

/** OpenAPI, authenticate: the variant for `grant_type=password`. */
export interface PasswordSignInBody {
  client_secret: string;
  email: string;
  password: string;
}

export interface RevokeSessionBody {
  session_id: string;
}

export interface ListQuery {
  limit: number;
  order: 'asc' | 'desc' | 'normal';
  after?: string;
  before?: string;
}

export interface ListUsersQuery extends ListQuery {
  email?: string;
}

/** An HTTP answer before it is sent; the body becomes JSON. */
export interface Answer {
  status: number;
  /** undefined: an answer without content. */
  body: unknown;
  headers?: Record<string, string>;
}
