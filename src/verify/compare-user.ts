import type { CognitoIndex } from '../bulk/cognito-index.ts';
import type { WorkosIndex } from '../bulk/workos-index.ts';
import { emailChange, isEmpty, presentNames } from '../mirror/decide/changes.ts';
import type { ConflictReason } from '../mirror/decide/conflicts.ts';
import { decide } from '../mirror/decide/decide.ts';
import {
  type Confirmation,
  type Decision,
  type Known,
  type SkipReason,
  skipReason,
} from '../mirror/decide/decision.ts';
import { canMoveOn, hasCrossedOver, isOurs } from '../mirror/decide/holder.ts';
import { isStillLinked } from '../mirror/decide/linked-profiles.ts';
import { isLinkedTo, KEYS, metadataToTags } from '../mirror/decide/metadata.ts';
import { decideOnTaken } from '../mirror/decide/own-user.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import { isStale } from '../mirror/decide/stamp.ts';
import { countsAsVerified } from '../mirror/decide/trust.ts';
import { isSameAddress } from '../user/address.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { UserChanges, WorkosUser } from '../workos/users.ts';

/** Both sides, as they were listed. */
export type Sides = {
  index: Pick<WorkosIndex, 'byExternalId' | 'byEmail' | 'linkedTo'>;
  profiles: Pick<CognitoIndex, 'get'>;
};

/** Names or email that differ though nothing is to be done: the person has signed in at WorkOS. */
export type CrossedOver = 'same' | 'differs';

/**
 * What the mirror would do about one Cognito user, as a finding. `inSync` and `skipped` are what it
 * leaves alone.
 *
 * - `skipped`: `of` where WorkOS has the user all the same.
 * - `inSync`: `isUntidy` where profiles are still noted as linked that are gone: harmless, and removed
 *   when the user is mirrored next by a bulk run.
 * - `newerInWorkos`: only of an observation that is not of now: what it says is not known any more.
 * - `stale`: `fields` as WorkOS's API names them, `metadata.` before a key of ours. `takesOver`: the
 *   WorkOS user would get this sub as its external id. `stampedLater`: it carries a
 *   `cognito_synced_at` after the observation, so that the mirror would not write.
 * - `of`: the WorkOS user that this profile belongs to, or that stands in its way.
 */
export type ComparisonVerdict =
  | { kind: 'skipped'; reason: SkipReason; of?: WorkosUser }
  | { kind: 'inSync'; of: WorkosUser; crossedOver?: CrossedOver; isUntidy?: boolean }
  | { kind: 'newerInWorkos'; of: WorkosUser }
  | { kind: 'missing' }
  | {
      kind: 'stale';
      of: WorkosUser;
      fields: string[];
      takesOver: boolean;
      stampedLater: boolean;
    }
  | { kind: 'conflict'; reason: ConflictReason; of: InTheWay };

/** A WorkOS user that is gone is known by its id alone. */
type InTheWay = Pick<WorkosUser, 'id' | 'externalId'> & Partial<Pick<WorkosUser, 'email'>>;

export type FindingVerdict = Extract<ComparisonVerdict, { kind: 'missing' | 'stale' | 'conflict' }>;

/** Whether both sides do not agree about this user. */
export function isFinding(verdict: ComparisonVerdict): verdict is FindingVerdict {
  return verdict.kind === 'missing' || verdict.kind === 'stale' || verdict.kind === 'conflict';
}

/**
 * One Cognito user and both sides → what the mirror would do, by the mirror's own rules, and the
 * conflicts that only both sides together show.
 *
 * @param isLive the observation is of now. Then a WorkOS user who was synced later still has to agree:
 *   only clocks that differ, or somebody's own hand, can have made the stamp.
 */
export function compareUser(
  user: ObservedUser,
  sides: Sides,
  rules: MirrorRules,
  isLive: boolean,
): ComparisonVerdict {
  const own = sides.index.byExternalId(user.sub);
  const reason = skipReason(user);
  const alive = reason === 'disabled' ? (own ?? findAlive(user, sides, rules)) : undefined;
  if (alive) return { kind: 'conflict', reason: 'disabled_in_cognito', of: alive };
  if (reason !== undefined) return { kind: 'skipped', reason, ...(own && { of: own }) };
  const wronglyLinked = findWrongLink(user, own, sides);
  if (wronglyLinked)
    return { kind: 'conflict', reason: 'linked_sub_of_another', of: wronglyLinked };

  const byEmail = sides.index.byEmail(user.email ?? '');
  const target = own ?? byEmail;
  if (!target) return { kind: 'missing' };
  const stampedLater = isStale(user, target, rules);
  if (stampedLater && !isLive) {
    const isTheirs = own !== undefined || isLinkedTo(target, user.sub);
    return isTheirs ? { kind: 'newerInWorkos', of: target } : { kind: 'missing' };
  }
  const observedAt = target.metadata[KEYS.syncedAt] ?? user.observedAt;
  const current = stampedLater && own ? { ...user, observedAt } : user;
  return own
    ? compareOwn(current, { own, byEmail, stampedLater }, sides, rules, isLive)
    : compareByEmail(current, target, sides, rules, isLive);
}

/** A WorkOS user by whose address a banned person gets in, unless it is another living profile's. */
function findAlive(
  user: ObservedUser,
  { index, profiles }: Sides,
  rules: MirrorRules,
): WorkosUser | undefined {
  if (!countsAsVerified(user, rules)) return undefined;
  const found = index.byEmail(user.email ?? '');
  const holder = profiles.get(found?.externalId ?? '');
  return holder && holder.enabled !== false ? undefined : found;
}

/** A WorkOS user that notes this profile as linked, though it is not the same person's any more. */
function findWrongLink(
  user: ObservedUser,
  own: WorkosUser | undefined,
  { index, profiles }: Sides,
): WorkosUser | undefined {
  return index.linkedTo(user.sub).find((linked) => {
    if (linked.externalId === user.sub || !isOurs(linked, user)) return false;
    const primary = profiles.get(linked.externalId ?? '');
    return own !== undefined || !isStillLinked(user, primary ?? user, linked.email);
  });
}

type Own = { own: WorkosUser; byEmail: WorkosUser | undefined; stampedLater: boolean };

function compareOwn(
  user: ObservedUser,
  { own, byEmail, stampedLater }: Own,
  sides: Sides,
  rules: MirrorRules,
  isLive: boolean,
): ComparisonVerdict {
  const links = linkedProfiles(own, sides);
  const found = { byExternalId: own };
  const decision = decide(user, found, rules, { linked: links.linked });
  if (decision.kind === 'conflict') {
    return { kind: 'conflict', reason: decision.reason, of: own };
  }
  if (decision.kind !== 'update') return compareAddress(user, own);
  const { changes } = decision;
  if (links.onlyGone && decide(user, found, rules).kind === 'unchanged') {
    const verdict = compareAddress(user, own);
    return verdict.kind === 'inSync' ? { ...verdict, isUntidy: true } : verdict;
  }
  // WorkOS would refuse it: emails are unique.
  if (changes.email !== undefined && byEmail && byEmail.id !== own.id) {
    const confirmation = confirm(user, byEmail, sides, rules, isLive);
    const taken = decideOnTaken(user, own, byEmail, rules, confirmation);
    if (taken.kind === 'conflict') return { kind: 'conflict', reason: taken.reason, of: byEmail };
  }
  const fields = changesToFields(changes, own);
  return { kind: 'stale', of: own, fields, takesOver: false, stampedLater };
}

/** Nothing is to be written; the address may differ all the same. */
function compareAddress(user: ObservedUser, own: WorkosUser): ComparisonVerdict {
  if (hasCrossedOver(own)) {
    const differs = !isEmpty({ ...presentNames(user, own), ...emailChange(user, own) });
    return { kind: 'inSync', of: own, crossedOver: differs ? 'differs' : 'same' };
  }
  return isSameAddress(user.email, own.email)
    ? { kind: 'inSync', of: own }
    : { kind: 'conflict', reason: 'address_differs', of: own };
}

/** The profiles that are linked to a WorkOS user; `onlyGone`: those that should not be are gone. */
function linkedProfiles(
  own: WorkosUser,
  { index, profiles }: Sides,
): Pick<Known, 'linked'> & { onlyGone: boolean } {
  const subs = metadataToTags(own.metadata).linkedSubs.filter((sub) => sub !== own.externalId);
  if (subs.length === 0) return { linked: undefined, onlyGone: false };
  const living = subs.flatMap((sub) => profiles.get(sub) ?? []);
  const linked = living.filter(({ sub }) => !index.byExternalId(sub));
  return { linked, onlyGone: linked.length === living.length && living.length < subs.length };
}

function compareByEmail(
  user: ObservedUser,
  other: WorkosUser,
  sides: Sides,
  rules: MirrorRules,
  isLive: boolean,
): ComparisonVerdict {
  const confirmation = confirm(user, other, sides, rules, isLive);
  const decision: Decision = decide(user, { byEmail: other }, rules, { confirmation });
  switch (decision.kind) {
    case 'conflict': {
      const { reason } = decision;
      const isGone = reason === 'address_passed_on' && !confirmation.holder;
      const isSamePerson = isGone && isLinkedTo(other, user.sub);
      return { kind: 'conflict', reason: isSamePerson ? 'primary_gone' : reason, of: other };
    }
    case 'update': {
      const takesOver = decision.changes.externalId !== undefined;
      const fields = changesToFields(decision.changes, other);
      return { kind: 'stale', of: other, fields, takesOver, stampedLater: false };
    }
    case 'unchanged':
      return { kind: 'inSync', of: other };
    case 'stale':
      return { kind: 'newerInWorkos', of: other };
    default:
      // Whoever stands in the way can be moved on, and then there is room.
      return { kind: 'missing' };
  }
}

function confirm(
  user: ObservedUser,
  target: WorkosUser,
  sides: Sides,
  rules: MirrorRules,
  isLive: boolean,
): Confirmation {
  const holder = sides.profiles.get(target.externalId ?? '');
  const asOf = isLive ? 'now' : 'export';
  const confirmation: Confirmation = { user, holder, asOf };
  const isStuck = holder && !findsRoom(holder, target, sides, rules, new Set([user.sub]));
  return isStuck ? { ...confirmation, stuck: new Set([holder.sub]) } : confirmation;
}

/** Whether a holder's new address is free, or becomes free when its holder moves on in turn. */
function findsRoom(
  holder: ObservedUser,
  held: WorkosUser,
  sides: Sides,
  rules: MirrorRules,
  waiting: Set<string>,
): boolean {
  if (!canMoveOn(holder, held, rules, {})) return false;
  const next = sides.index.byEmail(holder.email ?? '');
  if (!next || next.id === held.id) return true;
  const nextHolder = sides.profiles.get(next.externalId ?? '');
  if (!nextHolder || waiting.has(nextHolder.sub) || !isOurs(next, holder)) return false;
  if (isSameAddress(nextHolder.email, next.email)) return false;
  return findsRoom(nextHolder, next, sides, rules, waiting.add(holder.sub));
}

const FIELDS = {
  email: 'email',
  emailVerified: 'email_verified',
  firstName: 'first_name',
  lastName: 'last_name',
  externalId: 'external_id',
} as const;

/** What is sent along with a change but is there already does not differ. */
function changesToFields(changes: UserChanges, target: WorkosUser): string[] {
  const { metadata = {}, ...rest } = changes;
  const fields = Object.entries(FIELDS).filter(([field]) => field in rest);
  const differing = fields.filter(
    ([field]) => !(field === 'emailVerified' && target.emailVerified),
  );
  const keys = Object.keys(metadata).filter((key) => key !== KEYS.syncedAt);
  return [...differing.map(([, name]) => name), ...keys.map((key) => `metadata.${key}`)];
}
