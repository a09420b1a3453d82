import type { StrictAppClient } from './app-clients.ts';
import type { StrictIdentityProvider } from './identity-providers.ts';
import type { PoolControl } from './pool.ts';

/** A user as the API writes one on the wire: dates are epoch seconds (API reference, UserType). */
export interface StrictCognitoUser {
  Username: string;
  Attributes: { Name: string; Value: string }[];
  UserCreateDate: number;
  UserLastModifiedDate: number;
  Enabled: boolean;
  UserStatus: string;
  /** Only AdminGetUser answers with it. */
  UserMFASettingList?: string[];
}

/** Users that are made when a request lists them, so that a million of them take no memory. */
export interface GeneratedUsers {
  count: number;
  /** Must give the same user for the same index, from 0. */
  record(index: number): StrictCognitoUser;
  /** For AdminGetUser; without it, generated users are searched one by one. */
  indexOf?(usernameOrSub: string): number | undefined;
}

/** A failure on the way to Cognito. The request has no effect. */
export type CognitoFault =
  | { kind: 'status'; status: number; body?: string; headers?: Record<string, string> }
  /** As the API writes its errors. Default status 400. */
  | { kind: 'error'; type: string; message?: string; status?: number }
  /** The connection is reset without an answer. */
  | { kind: 'reset' }
  /** No answer until the stand-in closes or the client gives up. */
  | { kind: 'hang' }
  /** 200 with a body that is not JSON. */
  | { kind: 'garbage' };

export interface ArrivingCall {
  /** `ListUsers`, `AdminGetUser`, `DescribeUserPool`, or what else was asked for. */
  action: string;
  body: unknown;
  /** Position in `control.requests`. */
  index: number;
}

export interface RecordedCall {
  action: string;
  /** Arrival, in milliseconds of the stand-in's clock. */
  at: number;
  /** As answered; 0 for an answer that was never sent. */
  status: number;
  body: unknown;
}

export interface StrictCognitoOptions {
  /** Default `eu-central-1_Pool00001`; every other pool does not exist. */
  userPoolId?: string;
  /** What ListUserPools names. Default: this pool alone, called Members. */
  userPools?: { id: string; name: string }[];
  /** The pool's settings, as UpdateUserPool takes them. Default: every setting has its default. */
  pool?: Record<string, unknown>;
  /** Read at each request, so a test may change the list. Default none. */
  identityProviders?: StrictIdentityProvider[];
  /** Default none. */
  appClients?: StrictAppClient[];
  /** Names of groups, which nobody is in. Default none. */
  groups?: string[];
  /** They come first in the listing. Default none. */
  users?: GeneratedUsers;
  /**
   * Attributes whose values AdminGetUser takes for a username (developer guide, "Customizing sign-in attributes"),
   * in upper or lower case (UsernameConfigurationType, CaseSensitive false). Default none.
   */
  aliases?: string[];
  /** How many users the nth answered page (from 0) may have; a page may be short, even empty. Default 60. */
  pageSize?: (page: number) => number;
  /** A PaginationToken is refused after this many further requests. Default: tokens live for ever. */
  tokenLifetimeRequests?: number;
  /** More requests in a second answer TooManyRequestsException. Default: no limit. */
  maxRequestsPerSecond?: number;
  /** Every nth request answers TooManyRequestsException. Default: none. */
  throttleEvery?: number;
  /** Milliseconds from a request's arrival to its answer. Default 0. */
  latencyMs?: number;
  /** Milliseconds since the epoch, for time stamps and limits. Default `Date.now`. */
  clock?: () => number;
}

export interface StrictCognitoControl {
  /** The pool itself. */
  readonly pool: PoolControl;
  /** Every request, in order of arrival. */
  readonly requests: RecordedCall[];
  /** Actions that answer AccessDeniedException. */
  readonly denied: Set<string>;
  onRequest: ((call: ArrivingCall) => CognitoFault | undefined) | undefined;
  /** Adds a user at the end of the listing. Throws where the username is taken. */
  put(user: StrictCognitoUser): void;
  /** Changes attributes (undefined removes one) or other fields, and the date of modification. */
  update(
    username: string,
    change: {
      attributes?: Record<string, string | undefined>;
      Enabled?: boolean;
      UserStatus?: string;
    },
  ): void;
  remove(username: string): void;
  /** By username or sub. */
  has(username: string): boolean;
  /** All PaginationTokens given so far are refused from now on. */
  expireTokens(): void;
}

export interface StrictCognito {
  /** `http://127.0.0.1:port`: `AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER`, or a client's `endpoint`. */
  endpoint: string;
  userPoolId: string;
  control: StrictCognitoControl;
  /** Ends hanging requests too. */
  close(): Promise<void>;
}

/** The members of a request, by name. */
export type CognitoRequestBody = Record<string, unknown>;

/** An answer before it is sent; the body becomes JSON. */
export interface CognitoAnswer {
  status: number;
  body: object;
}
