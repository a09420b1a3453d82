import type { MirrorConflict } from './decide/conflicts.ts';
import type { SkipReason } from './decide/decision.ts';

/**
 * What became of one observed user: exactly one of these (docs/design.md#outcomes).
 *
 * `leftoverFactors`: the kinds of second factors on a WorkOS user that was taken over; another person may
 * have enrolled them, and only an operator can remove them. `passwordCarried`: the same write set the password
 * that the user has in Cognito, for the first time or once more.
 */
export type Outcome =
  | {
      outcome: 'created' | 'linked' | 'updated' | 'unchanged';
      workosUserId: string;
      leftoverFactors?: string[];
      passwordCarried?: 'first' | 'again';
    }
  | { outcome: 'stale'; workosUserId?: string }
  | { outcome: 'skipped'; reason: SkipReason }
  | { outcome: 'conflict'; reason: MirrorConflict; workosUserId: string }
  | { outcome: 'rejected'; reason: string };
