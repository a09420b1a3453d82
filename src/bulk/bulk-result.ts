import type { FieldDifference } from '../mirror/field-difference.ts';

/** How one user of a bulk run ended. `failed`: WorkOS refused the user, or its requests kept failing. */
export type BulkResult = {
  sub: string;
  outcome: BulkOutcome;
  reason?: string;
  workosUserId?: string;
  /** What was written, or would be in a dry run; only where the run keeps it. */
  difference?: FieldDifference;
};

export const BULK_OUTCOMES = [
  'created',
  'linked',
  'updated',
  'unchanged',
  'stale',
  'skipped',
  'conflict',
  'failed',
] as const;

export type BulkOutcome = (typeof BULK_OUTCOMES)[number];
