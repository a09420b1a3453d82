import type { BulkMirror } from '../bulk/bulk-mirror.ts';
import type { RateLimitedUsers } from '../bulk/rate-limited-users.ts';
import type { UserSource } from '../cognito/user-source.ts';
import type { BulkLedger } from '../ledger/bulk-ledger.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import type { Comparison } from './comparison.ts';

/** What each part of a verification works with. */
export type VerifyContext = {
  userPoolId: string;
  comparison: Comparison;
  source: UserSource;
  workosUsers: RateLimitedUsers;
  bulkMirror: BulkMirror;
  ledger: BulkLedger;
  rules: MirrorRules;
  /** The source shows users as they are now, not as they were exported. */
  isLive: boolean;
  /** How long a change may take from Cognito to WorkOS, in milliseconds. */
  settleMs: number;
  /** Fires when nothing more should be begun. */
  stop: AbortSignal;
  /** Fires when requests in flight should be aborted. */
  abort: AbortSignal;
  /** Told what an operator should know that changes no finding. Safe to print. */
  onNotice?: (notice: string) => void;
};
