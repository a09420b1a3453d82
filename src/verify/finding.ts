import type { ConflictReason } from '../mirror/decide/conflicts.ts';

export type UserFinding = { sub: string; email?: string; username?: string };
export type StaleFinding = UserFinding & { workosUserId: string; fields: string[] };
export type ConflictFinding = UserFinding & {
  reason: ConflictReason;
  /** The WorkOS user that stands in the way. */
  workosUserId: string;
  workosEmail?: string;
  /** That user's external id, where it has one: whose it is. */
  holderExternalId?: string;
};
export type ExtraFinding = { workosUserId: string; externalId: string; email: string };

/** A person whom WorkOS does not have. `otherSubs`: further Cognito profiles with the same email. */
export type MissingFinding = UserFinding & { otherSubs?: string[]; reason?: string };
export type StaleUser = StaleFinding & { reason?: string };
