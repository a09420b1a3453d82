/**
 * The port through which the mirror sees WorkOS: four calls, and answers a rule can be written on.
 * A call that may succeed later throws {@link RetryableError}; a refusal is a value.
 */
export interface UserDirectory {
  findByExternalId(externalId: string, signal?: AbortSignal): Promise<DirectoryUser | undefined>;
  /** Compared case-insensitively. */
  findByEmail(email: string, signal?: AbortSignal): Promise<DirectoryUser | undefined>;
  create(user: NewDirectoryUser, signal?: AbortSignal): Promise<WriteResult>;
  update(id: string, changes: UserChanges, signal?: AbortSignal): Promise<WriteResult>;
}

/** A WorkOS user, as far as the mirror looks at it. */
export type DirectoryUser = {
  id: string;
  email: string;
  emailVerified: boolean;
  firstName?: string;
  lastName?: string;
  externalId?: string;
  metadata: Record<string, string>;
};

/** A directory that can also be read as a whole, a hundred users a request, and user by user. */
export interface ListableDirectory extends UserDirectory {
  get(id: string, signal?: AbortSignal): Promise<DirectoryUser | undefined>;
  /** @param after the `after` of the page before; none for the first one. */
  list(after?: string, signal?: AbortSignal): Promise<DirectoryPage>;
}

/** Oldest users first, so that users made during a listing come at its end. */
export type DirectoryPage = { users: DirectoryUser[]; after?: string };

export type NewDirectoryUser = Omit<DirectoryUser, 'id'>;

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
};

export type WriteResult =
  | { kind: 'written'; user: DirectoryUser }
  | { kind: 'refused'; refusal: Refusal };

/** Why WorkOS will not take this write, however often it is sent. `code` is WorkOS's own. */
export type Refusal = {
  because: 'email_taken' | 'external_id_taken' | 'email_locked' | 'changed_meanwhile' | 'invalid';
  code: string;
};

/**
 * The call may succeed later: WorkOS was busy, broken, out of reach, or did not know the key.
 *
 * `retryAfterSeconds` is WorkOS's own wish, where it gave one. The message is safe to log.
 */
export class RetryableError extends Error {
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
