import type { ConflictReason } from '../mirror/decide/conflicts.ts';
import type { SkipReason } from '../mirror/decide/decision.ts';
import type { FieldDifference } from '../mirror/field-difference.ts';
import type { WorkosUser } from '../workos/users.ts';

/** Names or email that differ though nothing is to be done: the person has signed in at WorkOS. */
type CrossedOver = 'same' | 'differs';

/**
 * What the mirror would do about one Cognito user, as a finding. `inSync` and `skipped` are what it
 * leaves alone.
 *
 * - `skipped`: `of` where WorkOS has the user all the same.
 * - `inSync`: `isUntidy` where profiles are still noted as linked that are gone: harmless, and removed
 *   when the user is mirrored next by a bulk run.
 * - `newerInWorkos`: only of an observation that is not of now: what it says is not known any more.
 * - `missing`: `difference` is what the mirror would create.
 * - `stale`: `difference` is what the mirror would write. `takesOver`: the
 *   WorkOS user would get this sub as its external id. `stampedLater`: it carries a
 *   `cognito_synced_at` after the observation, so that the mirror would not write.
 * - `conflict`: `difference` where both sides have the user, and the mirror must not write it.
 * - `of`: the WorkOS user that this profile belongs to, or that stands in its way.
 */
export type ComparisonVerdict =
  | { kind: 'skipped'; reason: SkipReason; of?: WorkosUser }
  | { kind: 'inSync'; of: WorkosUser; crossedOver?: CrossedOver; isUntidy?: boolean }
  | { kind: 'newerInWorkos'; of: WorkosUser }
  | { kind: 'missing'; difference: FieldDifference }
  | {
      kind: 'stale';
      of: WorkosUser;
      difference: FieldDifference;
      takesOver: boolean;
      stampedLater: boolean;
    }
  | {
      kind: 'conflict';
      reason: ConflictReason;
      of: InTheWay;
      difference?: FieldDifference;
    };

/** A WorkOS user that is gone is known by its id alone. */
type InTheWay = Pick<WorkosUser, 'id' | 'externalId'> & Partial<Pick<WorkosUser, 'email'>>;

export type FindingVerdict = Extract<ComparisonVerdict, { kind: 'missing' | 'stale' | 'conflict' }>;

/** Whether both sides do not agree about this user. */
export function isFinding(verdict: ComparisonVerdict): verdict is FindingVerdict {
  return verdict.kind === 'missing' || verdict.kind === 'stale' || verdict.kind === 'conflict';
}
