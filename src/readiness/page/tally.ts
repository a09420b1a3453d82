import type { Readiness } from '../facts.ts';
import { sumOf } from './format.ts';

/** What became of the Cognito users looked at. */
export type Tally = {
  agreeing: number;
  missing: number;
  stale: number;
  conflicts: number;
  notMirrored: number;
  /** Whether each user is in exactly one of them, so that they add up to `checked`. */
  addsUp: boolean;
};

/**
 * Persons of two profiles may not add up: both missing, they count once; where the primary profile is
 * gone from Cognito, the other one agrees and is in conflict.
 */
export function readinessToTally(readiness: Readiness): Tally {
  const notMirrored = sumOf(readiness.skipped);
  const missing = readiness.missing.count;
  const stale = readiness.stale.count;
  const conflicts = readiness.conflicts.count;
  const aboutWorkosUsers = readiness.conflicts.reasons.primary_gone ?? 0;
  const differing = missing + stale + conflicts - aboutWorkosUsers;
  const agreeing = readiness.agreeing ?? Math.max(0, readiness.checked - notMirrored - differing);
  const addsUp = agreeing + missing + stale + conflicts + notMirrored === readiness.checked;
  return { agreeing, missing, stale, conflicts, notMirrored, addsUp };
}
