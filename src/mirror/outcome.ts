import type { MirrorConflict } from './decide/conflicts.ts';
import type { SkipReason } from './decide/decision.ts';

/**
 * What became of one observed user: exactly one of these.
 *
 * `leftoverFactors`: the kinds of second factors that somebody else may have set up on a WorkOS user that
 * was taken over; only a person can remove them.
 */
export type Outcome =
  | {
      outcome: 'created' | 'linked' | 'updated' | 'unchanged';
      workosUserId: string;
      leftoverFactors?: string[];
    }
  | { outcome: 'stale'; workosUserId?: string }
  | { outcome: 'skipped'; reason: SkipReason }
  | { outcome: 'conflict'; reason: MirrorConflict; workosUserId: string }
  | { outcome: 'rejected'; reason: string };
