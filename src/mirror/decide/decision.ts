import type { ObservedUser } from '../../user/observed-user.ts';
import type { NewWorkosUser, UserChanges, WorkosUser } from '../../workos/users.ts';
import type { MirrorConflict } from './conflicts.ts';

/** The WorkOS users that an observed user could be: by external id, and by email. */
export type Found = { byExternalId?: WorkosUser; byEmail?: WorkosUser };

export type SkipReason = 'disabled' | 'unconfirmed' | 'no_email';

/**
 * What Cognito says now about the profiles that a decision by email rests on.
 *
 * - `user`: the observed profile; undefined when Cognito has it no more.
 * - `holder`: the profile whose sub is the external id of the WorkOS user; likewise.
 * - `asOf`: `now`, or `export` where exported files are all there is to ask.
 * - `stuck`: subs that could not be moved to another address in this run of the rules.
 */
export type Confirmation = {
  user: ObservedUser | undefined;
  holder?: ObservedUser | undefined;
  asOf: 'now' | 'export';
  stuck?: ReadonlySet<string>;
};

/** What else is known where a decision is taken. */
export type Known = {
  confirmation?: Confirmation | undefined;
  /**
   * The profiles behind `cognito_linked_subs` that are still this person's. Absent: not known, so those
   * that are noted stay.
   */
  linked?: readonly ObservedUser[] | undefined;
};

/**
 * - `recheck`: nothing is done on the strength of an email that Cognito does not confirm now: ask it
 *   about the observed profile, and about `holderSub`, then decide again with a {@link Confirmation}.
 * - `move_on_first`: the holder has another verified address by now: mirror it, then begin anew.
 * - `update.cleanUp`: somebody else may have made the WorkOS user what it is. `password`: its password is
 *   overwritten in the same update; `all`: its sessions are ended, too, and its factors are named.
 */
export type Decision =
  | { kind: 'skipped'; reason: SkipReason }
  | { kind: 'stale' | 'unchanged'; workosUserId: string }
  | { kind: 'conflict'; reason: MirrorConflict; workosUserId: string }
  | { kind: 'create'; user: NewWorkosUser }
  | Update
  | { kind: 'recheck'; holderSub?: string }
  | { kind: 'move_on_first'; holder: ObservedUser };

export type Update = {
  kind: 'update';
  outcome: 'linked' | 'updated';
  workosUserId: string;
  changes: UserChanges;
  cleanUp?: 'password' | 'all';
  /** What the names have to be afterwards, whatever somebody else writes at the same moment. */
  finalNames?: { firstName: string; lastName: string };
};

/** The reason why a user is not mirrored at all, if there is one. */
export function skipReason(user: ObservedUser): SkipReason | undefined {
  if (user.enabled === false) return 'disabled';
  if (user.status === 'UNCONFIRMED') return 'unconfirmed';
  if (user.email === undefined) return 'no_email';
  return undefined;
}
