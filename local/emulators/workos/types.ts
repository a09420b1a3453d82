import type { StrictWorkosControl } from './control-types.ts';
import type { EmailComparison } from './email-key.ts';
import type { RateLimits } from './rate-limits.ts';
import type { AnsweredRequest, ArrivingRequest } from './requests.ts';
import type { UserWatcher } from './user-watcher.ts';

export interface StrictWorkosOptions extends UserWatcher {
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
  /** Which characters are the same in either case where emails are compared. Default `unicode`. */
  emailComparison?: EmailComparison;
  /** DELETE /users/:id deletes. Default false: 405 to every DELETE, as nothing here may delete. */
  allowDeletes?: boolean;
  /** Told of every request as it is answered; not of those that never are. */
  onAnswer?: ((answered: AnsweredRequest) => void) | undefined;
  /** Milliseconds since the epoch, for time stamps and rate limits. Default `Date.now`. */
  clock?: () => number;
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
