import type { StrictAuthFactor, StrictIdentity, StrictSession, StrictUser } from './api-types.ts';
import type { RecordedReset, ResetRules } from './password-reset.ts';
import type { StrictPassword } from './passwords.ts';
import type { ArrivingRequest, Fault, RecordedRequest, SchemaViolation } from './requests.ts';

/** What a person types into AuthKit's sign-up page. */
export interface Registration {
  email: string;
  password: string;
  first_name?: string;
  last_name?: string;
}

/**
 * What happens in WorkOS without a request of ours: people use AuthKit's pages, the owner uses the
 * dashboard. Everything here throws where no user has the id; what is returned is a copy.
 */
export interface AccountControl {
  /** Signs up in AuthKit: unverified, with a password. Throws where the email is taken. */
  register(person: Registration): StrictUser;
  /** Types in the code that was mailed. Opens no session. */
  verifyEmail(userId: string): StrictUser;
  /**
   * An edit by the person or the owner: metadata is replaced, a new email is unverified unless
   * `email_verified` says otherwise. Throws where the email or external id is another user's.
   */
  updateUser(userId: string, changes: Partial<StrictUser>): StrictUser;
  /** Erases the user in the dashboard. The ended sessions can still be looked at. */
  deleteUser(userId: string): void;
  /** Signs in: sets `last_sign_in_at` and opens a session. */
  signIn(userId: string, authMethod?: StrictSession['auth_method']): StrictSession;
  /** A session without a sign-in. */
  openSession(userId: string, authMethod?: StrictSession['auth_method']): StrictSession;
  /** Oldest first, the ended ones too, of deleted users as well. */
  sessionsOf(userId: string): StrictSession[];
  /** Default: an authenticator app (`totp`). */
  addFactor(userId: string, factor?: Partial<StrictAuthFactor>): StrictAuthFactor;
  /** The person chooses a password on AuthKit's pages. */
  setPassword(userId: string, password: string): void;
  /** What was set last, by the API or by the person; undefined for a user without a password. */
  passwordOf(userId: string): StrictPassword | undefined;
  /** Throws for hashes other than pbkdf2 and scrypt, which cannot be checked here. */
  verifyPassword(userId: string, password: string): boolean;
}

export interface StrictWorkosControl extends AccountControl {
  /** Every request, in order of arrival, DELETEs and refused ones too. */
  readonly requests: RecordedRequest[];
  readonly schemaViolations: SchemaViolation[];
  readonly resets: RecordedReset[];
  readonly resetRules: ResetRules;
  /** Each request takes one from the front, unless `onRequest` gave it a fault. */
  readonly faults: Fault[];
  onRequest: ((request: ArrivingRequest) => Fault | undefined) | undefined;
  /** GETs and everything else, over `requests`. */
  countRequests(): { reads: number; writes: number };
  /** Forgets requests, violations, resets and faults (`onRequest` too); users, locks and key stay. */
  clear(): void;
  /** Copies, oldest first. */
  users(): StrictUser[];
  /** A copy; the email's case does not matter. */
  userByEmail(email: string): StrictUser | undefined;
  /** Puts a user in without a request. Throws where the email, external id or id is taken. */
  seedUser(partial: Partial<StrictUser>): StrictUser;
  setIdentities(userId: string, identities: StrictIdentity[]): void;
  /** From now on the user's email cannot change, as for users managed by a directory. */
  lockEmail(userId: string): void;
  /** Every key is refused until `setKey`: 401, and `invalid_client` to a sign-in. */
  revokeKey(): void;
  setKey(key: string): void;
}
