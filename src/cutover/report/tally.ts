import type { Readiness } from '../readiness.ts';
import { sumOf } from './format.ts';

/**
 * What became of every Cognito user looked at: each is in exactly one of these, so that they add up
 * to `checked`.
 */
export type Tally = {
  agreeing: number;
  missing: number;
  stale: number;
  conflicts: number;
  notMirrored: number;
};

export function readinessToTally(readiness: Readiness): Tally {
  const notMirrored = sumOf(readiness.skipped);
  const missing = readiness.missing.count;
  const stale = readiness.stale.count;
  const conflicts = readiness.conflicts.count;
  const agreeing = Math.max(0, readiness.checked - notMirrored - missing - stale - conflicts);
  return { agreeing, missing, stale, conflicts, notMirrored };
}
