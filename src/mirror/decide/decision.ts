import type { ObservedUser } from '../../user/observed-user.ts';
import type { NewWorkosUser, UserChanges, WorkosUser } from '../../workos/users.ts';
import type { MirrorConflict } from './conflicts.ts';
import type { DecidingRule } from './deciding-rules.ts';

/** The WorkOS users that an observed user could be: by external id, and by email. */
export type FoundUsers = { byExternalId?: WorkosUser; byEmail?: WorkosUser };

/** Why an observed user is not mirrored (docs/design.md#skipped). */
export type SkipReason = 'disabled' | 'unconfirmed' | 'no_email';

/**
 * What Cognito says now about the profiles that a decision by email rests on.
 *
 * - `user`: the observed profile; undefined when it does not exist any more.
 * - `holder`: the profile whose sub is the external id of the WorkOS user; likewise.
 * - `asOf`: `now`, or `export` where the profiles come from exported files.
 * - `stuck`: subs that could not be moved to another address in this run of the mirror.
 */
export type Confirmation = {
  user: ObservedUser | undefined;
  holder?: ObservedUser | undefined;
  asOf: 'now' | 'export';
  stuck?: ReadonlySet<string>;
};

/** What is known about Cognito's profiles when a decision is made. */
export type KnownProfiles = {
  confirmation?: Confirmation | undefined;
  /**
   * The profiles behind `cognito_linked_subs` that still belong to this person. Absent: not known, so the
   * noted ones stay.
   */
  linked?: readonly ObservedUser[] | undefined;
};

/**
 * - `recheck`: the match rests on an email, which Cognito has to confirm first: ask it for the observed
 *   profile and for `holderSub`, then decide again with a {@link Confirmation}.
 * - `move_holder_first`: the holder has another verified address now: mirror the holder, then start again.
 * - `by`: the rule that has decided. A `recheck` decides nothing yet.
 * - `update.cleanUp`: another person may have registered the WorkOS user. `password`: its password is
 *   overwritten in the same update; `all`: its sessions are also ended, and its second factors are reported.
 */
export type Decision =
  | { kind: 'skipped'; reason: SkipReason; by: DecidingRule }
  | { kind: 'stale' | 'unchanged'; workosUserId: string; by: DecidingRule }
  | { kind: 'conflict'; reason: MirrorConflict; workosUserId: string; by: DecidingRule }
  | { kind: 'create'; user: NewWorkosUser; by: DecidingRule }
  | Update
  | { kind: 'recheck'; holderSub?: string }
  | { kind: 'move_holder_first'; holder: ObservedUser; by: DecidingRule };

/** A decision that no further question can change. */
export type FinalDecision = Exclude<Decision, { kind: 'recheck' }>;

/**
 * Told each decision before it is carried out: on the observed user, and before that on each profile that is moved on
 * first. After a lost race, the same profile is decided on again, and the last decision counts.
 */
export type OnDecision = (sub: string, decision: FinalDecision) => void;

/** One update of a WorkOS user; `cleanUp` as in {@link Decision}. */
export type Update = {
  kind: 'update';
  outcome: 'linked' | 'updated';
  workosUserId: string;
  changes: UserChanges;
  by: DecidingRule;
  cleanUp?: 'password' | 'all';
  /**
   * What the names must be after the update, even if another profile's names are written at the same moment.
   */
  finalNames?: { firstName: string; lastName: string };
  /**
   * Whether the WorkOS user can become another profile's at the same moment: it is tagged `unverified`, or a
   * federated profile has it, which gives way to a native one.
   */
  canChangeHands?: boolean;
};

/** The decision on a user who is not mirrored at all. */
export function skip(reason: SkipReason): Extract<Decision, { kind: 'skipped' }> {
  return { kind: 'skipped', reason, by: `skipped_${reason}` };
}

/** The reason why a user is not mirrored at all, if there is one (docs/design.md#skipped). */
export function skipReason(user: ObservedUser): SkipReason | undefined {
  if (user.enabled === false) return 'disabled';
  if (user.status === 'UNCONFIRMED') return 'unconfirmed';
  if (user.email === undefined) return 'no_email';
  return undefined;
}
