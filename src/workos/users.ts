import { OperatorError } from '../operator-error.ts';

/**
 * The port through which the mirror reads and writes WorkOS's users. A call that may succeed later throws
 * {@link RetryableError}; a refused write is a value; a refused read throws {@link RefusedError}.
 */
export interface WorkosUsers {
  get(id: string, signal?: AbortSignal): Promise<WorkosUser | undefined>;
  findByExternalId(externalId: string, signal?: AbortSignal): Promise<WorkosUser | undefined>;
  /**
   * ASCII letters are compared case-insensitively. `near`: WorkOS considers the address of another user the
   * same, though characters outside ASCII differ.
   */
  findByEmail(email: string, signal?: AbortSignal): Promise<FoundByEmail>;
  create(user: NewWorkosUser, signal?: AbortSignal): Promise<WriteResult>;
  update(id: string, changes: UserChanges, signal?: AbortSignal): Promise<WriteResult>;
  /**
   * Deletes the user, which cannot be undone (docs/facts.md#workos-delete-user).
   *
   * @throws RefusedError where WorkOS refuses to delete this user.
   */
  delete(id: string, signal?: AbortSignal): Promise<'deleted' | 'not_found'>;
  /** Ends every active session of the user. */
  endSessions(id: string, signal?: AbortSignal): Promise<void>;
  /** The kinds of the user's second factors (`totp`, `sms`…), one entry for each factor. */
  authFactors(id: string, signal?: AbortSignal): Promise<string[]>;
}

/** See {@link WorkosUsers.findByEmail}. */
export type FoundByEmail = { kind: 'found' | 'near'; user: WorkosUser } | { kind: 'none' };

/** The fields of a WorkOS user that the mirror reads. */
export type WorkosUser = {
  id: string;
  email: string;
  emailVerified: boolean;
  firstName?: string;
  lastName?: string;
  externalId?: string;
  metadata: Record<string, string>;
  /** ISO 8601; absent for a user who has never signed in at WorkOS (docs/facts.md#workos-last-sign-in). */
  lastSignInAt?: string;
};

/** Users that can also be listed, a hundred for each request. */
export interface ListableWorkosUsers extends WorkosUsers {
  /** @param after the `after` of the previous page; none for the first one. */
  list(after?: string, signal?: AbortSignal): Promise<WorkosUserPage>;
}

/** Oldest users first, so that users who are created during a listing come at its end. */
export type WorkosUserPage = { users: WorkosUser[]; after?: string };

/** The fields of a create. */
export type NewWorkosUser = Omit<WorkosUser, 'id' | 'lastSignInAt'>;

/**
 * The fields that an update sends; all others stay as they are.
 *
 * - `emailVerified` can only be set to true: WorkOS refuses to un-verify (docs/facts.md#workos-errors).
 * - An empty name blanks it: the update schema has no null there (OpenAPI, UpdateUserlandUserDto).
 * - `metadata` is merged key by key; null deletes a key (docs/facts.md#workos-metadata).
 */
export type UserChanges = {
  email?: string;
  emailVerified?: true;
  firstName?: string;
  lastName?: string;
  externalId?: string;
  metadata?: Record<string, string | null>;
  /** In plain text: must not be logged or stored. */
  password?: string;
};

/** The user as WorkOS has it after the write, or why WorkOS refuses it. */
export type WriteResult =
  | { kind: 'written'; user: WorkosUser }
  | { kind: 'refused'; refusal: Refusal };

/** Why WorkOS refuses a write, however often it is sent. `code` is WorkOS's own. */
export type Refusal = {
  because: 'email_taken' | 'external_id_taken' | 'email_locked' | 'changed_meanwhile' | 'invalid';
  code: string;
};

/** WorkOS refuses a request about one user, however often it is sent. `code` is WorkOS's own. */
export class RefusedError extends OperatorError {
  override name = 'RefusedError';
  readonly code: string;
  constructor(code: string) {
    super(`WorkOS refuses the request (${code})`);
    this.code = code;
  }
}

/** Which address gave no answer, where it is known, and why. */
export type Unreached = { address: string | undefined; why: string };

/**
 * The call may succeed later: WorkOS was busy, failed, could not be reached, or refused the API key.
 *
 * `retryAfterSeconds`: WorkOS's `Retry-After`, where it sent one. The message is safe to log.
 */
export class RetryableError extends OperatorError {
  override name = 'RetryableError';
  readonly retryAfterSeconds: number | undefined;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** Set where no answer of WorkOS's came: it may be the address that is wrong. */
  readonly unreached: Unreached | undefined;
  constructor(
    message: string,
    details: {
      cause?: unknown;
      retryAfterSeconds?: number | undefined;
      status?: number | undefined;
      requestId?: string | undefined;
      unreached?: Unreached | undefined;
    } = {},
  ) {
    super(message, { cause: details.cause });
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.status = details.status;
    this.requestId = details.requestId;
    this.unreached = details.unreached;
  }
}
