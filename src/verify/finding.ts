import type { ConflictReason } from '../mirror/decide/conflicts.ts';
import type { FieldDifference } from '../mirror/field-difference.ts';

export type UserFinding = { sub: string; email?: string; username?: string };
export type StaleFinding = UserFinding & { workosUserId: string; fields: string[] };
export type ConflictFinding = UserFinding & {
  reason: ConflictReason;
  /** The WorkOS user that stands in the way. */
  workosUserId: string;
  workosEmail?: string;
  /** That user's external id, where it has one: whose it is. */
  holderExternalId?: string;
  /** Where both sides have the user, and the mirror must not write what differs. */
  difference?: FieldDifference;
};
/** `reason`: why it was not deleted, where that was tried. */
export type ExtraFinding = {
  workosUserId: string;
  externalId: string;
  email: string;
  reason?: string;
};

/**
 * A person whom WorkOS does not have. `otherSubs`: further Cognito profiles with the same email. `difference`:
 * what the mirror would create.
 */
export type MissingFinding = UserFinding & {
  difference: FieldDifference;
  otherSubs?: string[];
  reason?: string;
};
/** A user that WorkOS has with other values. */
export type StaleUser = StaleFinding & FieldDifference & { reason?: string };
