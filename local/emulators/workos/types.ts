import type { ResetRules } from './password-reset.ts';
import type { RateLimits } from './rate-limits.ts';

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

export interface CreateUserBody {
  email: string;
  email_verified?: boolean | null;
  first_name?: string | null;
  last_name?: string | null;
  external_id?: string | null;
  metadata?: Record<string, string> | null;
}

export interface UpdateUserBody {
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

export interface ListUsersQuery {
  limit: number;
  order: 'asc' | 'desc' | 'normal';
  email?: string;
  after?: string;
  before?: string;
}

/** An HTTP answer before it is sent; the body becomes JSON. */
export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/**
 * Something going wrong on the way. `afterApplying`: the request takes effect first and only its
 * answer is lost (default false: it never reaches WorkOS).
 */
export type Fault = (
  | { kind: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
  /** The connection is reset without an answer. */
  | { kind: 'reset' }
  /** No answer until the stand-in closes or the client gives up. */
  | { kind: 'hang' }
  /** 200 with a body that is not JSON, though its content type says so. */
  | { kind: 'garbage' }
  /** A proxy's error page. */
  | { kind: 'html'; status: number }
) & { afterApplying?: boolean };

export interface ArrivingRequest {
  method: string;
  /** With the query string. */
  path: string;
  body: unknown;
  /** Position in `control.requests`; 0 again after `clear()`. */
  index: number;
}

export interface RecordedRequest {
  method: string;
  /** With the query string. */
  path: string;
  /** As answered; 0 while unanswered, and for an answer that was never sent. */
  status: number;
  body: unknown;
  /** Arrival, in milliseconds of the stand-in's clock. */
  at: number;
}

/** A request the documented API does not have, or a body or query it does not allow. */
export interface SchemaViolation {
  method: string;
  path: string;
  body: unknown;
  errors: unknown;
}

/** A password-reset mail that would have been sent. */
export interface RecordedReset {
  email: string;
  userId: string;
  at: number;
}

export interface StrictWorkosOptions {
  /** Default `sk_test_strict`. */
  apiKey?: string;
  /** Default: no limits. `WORKOS_LIMITS` are the documented ones. */
  limits?: RateLimits;
  /** Milliseconds from a request's arrival to its taking effect. Default 0. */
  latencyMs?: number | ((request: ArrivingRequest) => number);
  /** A taken email on create answers 409 `user_already_exists`, as the emulators do. Default false. */
  emulatorStyleConflicts?: boolean;
  /** Longer external ids are refused with 422. Default 64 (the guide); the spec says 128. */
  externalIdMaxLength?: 64 | 128;
  /** Emails are kept in lower case, whatever the client sent. Undocumented; default false. */
  lowercaseEmails?: boolean;
  /** Milliseconds since the epoch, for time stamps and rate limits. Default `Date.now`. */
  clock?: () => number;
}

export interface StrictWorkosControl {
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
  /** Every key answers 401 until `setKey`. */
  revokeKey(): void;
  setKey(key: string): void;
}

export interface StrictWorkos {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  url: string;
  hostname: '127.0.0.1';
  port: number;
  /** The key it was started with. */
  apiKey: string;
  control: StrictWorkosControl;
  /** Ends hanging requests too. */
  close(): Promise<void>;
}
