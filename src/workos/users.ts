import { OperatorError } from '../operator-error.ts';

/**
 * The port through which the mirror sees WorkOS, with answers a rule can be written on. A call that may
 * succeed later throws {@link RetryableError}; a refusal is a value.
 */
export interface WorkosUsers {
  get(id: string, signal?: AbortSignal): Promise<WorkosUser | undefined>;
  findByExternalId(externalId: string, signal?: AbortSignal): Promise<WorkosUser | undefined>;
  /**
   * ASCII letters are compared case-insensitively. `near`: WorkOS takes the address of another user for
   * the same one, though other characters differ.
   */
  findByEmail(email: string, signal?: AbortSignal): Promise<FoundByEmail>;
  create(user: NewWorkosUser, signal?: AbortSignal): Promise<WriteResult>;
  update(id: string, changes: UserChanges, signal?: AbortSignal): Promise<WriteResult>;
  /** Ends every active session of the user. */
  endSessions(id: string, signal?: AbortSignal): Promise<void>;
  /** The kinds of the user's authentication factors (`totp`, `sms`…), one entry a factor. */
  authFactors(id: string, signal?: AbortSignal): Promise<string[]>;
}

export type FoundByEmail = { kind: 'found' | 'near'; user: WorkosUser } | { kind: 'none' };

/** A WorkOS user, as far as the mirror looks at it. */
export type WorkosUser = {
  id: string;
  email: string;
  emailVerified: boolean;
  firstName?: string;
  lastName?: string;
  externalId?: string;
  metadata: Record<string, string>;
  /** ISO 8601; absent for one who has never signed in at WorkOS. */
  lastSignInAt?: string;
};

/** A directory that can also be read as a whole, a hundred users a request. */
export interface ListableWorkosUsers extends WorkosUsers {
  /** @param after the `after` of the page before; none for the first one. */
  list(after?: string, signal?: AbortSignal): Promise<WorkosUserPage>;
}

/** Oldest users first, so that users made during a listing come at its end. */
export type WorkosUserPage = { users: WorkosUser[]; after?: string };

export type NewWorkosUser = Omit<WorkosUser, 'id' | 'lastSignInAt'>;

/**
 * What an update sends; everything left out stays as it is.
 *
 * - `emailVerified` can only be raised: WorkOS refuses to un-verify (FACTS, WorkOS).
 * - an empty name blanks it: the update schema knows no null there (OpenAPI, UpdateUserlandUserDto).
 * - `metadata` is merged key by key; null deletes a key (WorkOS, Metadata and External IDs).
 */
export type UserChanges = {
  email?: string;
  emailVerified?: true;
  firstName?: string;
  lastName?: string;
  externalId?: string;
  metadata?: Record<string, string | null>;
  /** In plain text: never to be logged or kept. */
  password?: string;
};

export type WriteResult =
  | { kind: 'written'; user: WorkosUser }
  | { kind: 'refused'; refusal: Refusal };

/** Why WorkOS will not take this write, however often it is sent. `code` is WorkOS's own. */
export type Refusal = {
  because: 'email_taken' | 'external_id_taken' | 'email_locked' | 'changed_meanwhile' | 'invalid';
  code: string;
};

/** WorkOS will not answer a question about this user, however often it is asked. `code` is WorkOS's own. */
export class RefusedError extends OperatorError {
  override name = 'RefusedError';
  readonly code: string;
  constructor(code: string) {
    super(`WorkOS refuses the request (${code})`);
    this.code = code;
  }
}

/**
 * The call may succeed later: WorkOS was busy, broken, out of reach, or did not know the key.
 *
 * `retryAfterSeconds` is WorkOS's own wish, where it gave one. The message is safe to log.
 */
export class RetryableError extends OperatorError {
  override name = 'RetryableError';
  readonly retryAfterSeconds: number | undefined;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  constructor(
    message: string,
    details: {
      cause?: unknown;
      retryAfterSeconds?: number | undefined;
      status?: number | undefined;
      requestId?: string | undefined;
    } = {},
  ) {
    super(message, { cause: details.cause });
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.status = details.status;
    this.requestId = details.requestId;
  }
}
