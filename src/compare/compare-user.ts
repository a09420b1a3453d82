import { skipReason } from '../mirror/decide/decision.ts';
import { isOfAnotherPool, isOurs } from '../mirror/decide/holder.ts';
import { isStillLinked } from '../mirror/decide/linked-profiles.ts';
import { isLinkedTo, KEYS } from '../mirror/decide/metadata.ts';
import { isStale } from '../mirror/decide/stamp.ts';
import { countsAsVerified } from '../mirror/decide/trust.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { WorkosUser } from '../workos/users.ts';
import type { BothSides, ComparisonSetting } from './both-sides.ts';
import { compareByEmail } from './compare-by-email.ts';
import { compareOwn } from './compare-own.ts';
import { toMissing } from './to-missing.ts';
import type { ComparisonVerdict } from './verdict.ts';

/**
 * One Cognito user and both sides → what the mirror would do, by the mirror's own rules, and the
 * conflicts that only both sides together show.
 */
export function compareUser(user: ObservedUser, setting: ComparisonSetting): ComparisonVerdict {
  const { index, rules, isLive } = setting;
  const own = index.byExternalId(user.sub);
  const reason = skipReason(user);
  const alive = reason === 'disabled' ? (own ?? findAlive(user, setting)) : undefined;
  if (alive) return { kind: 'conflict', reason: 'disabled_in_cognito', of: alive };
  if (reason !== undefined) return { kind: 'skipped', reason, ...(own && { of: own }) };
  if (own && isOfAnotherPool(own, user, rules)) {
    return { kind: 'conflict', reason: 'tagged_with_another_pool', of: own };
  }
  const wronglyLinked = findWrongLink(user, own, setting);
  if (wronglyLinked)
    return { kind: 'conflict', reason: 'linked_sub_of_another', of: wronglyLinked };

  const byEmail = index.byEmail(user.email ?? '');
  const target = own ?? byEmail;
  if (!target) return toMissing(user, rules);
  const stampedLater = isStale(user, target, rules);
  if (stampedLater && !isLive) {
    const isTheirs = own !== undefined || isLinkedTo(target, user.sub);
    return isTheirs ? { kind: 'newerInWorkos', of: target } : toMissing(user, rules);
  }
  const observedAt = target.metadata[KEYS.syncedAt] ?? user.observedAt;
  const current = stampedLater && own ? { ...user, observedAt } : user;
  return own
    ? compareOwn(current, { own, byEmail, stampedLater }, setting)
    : compareByEmail(current, target, setting);
}

/** The WorkOS user by whose address a disabled user can sign in, unless an enabled profile holds it. */
function findAlive(
  user: ObservedUser,
  { index, profiles, rules }: ComparisonSetting,
): WorkosUser | undefined {
  if (!countsAsVerified(user, rules)) return undefined;
  const found = index.byEmail(user.email ?? '');
  const holder = profiles.get(found?.externalId ?? '');
  return holder && holder.enabled !== false ? undefined : found;
}

/** A WorkOS user that notes this profile as linked, though the two are no longer one person. */
function findWrongLink(
  user: ObservedUser,
  own: WorkosUser | undefined,
  { index, profiles }: BothSides,
): WorkosUser | undefined {
  return index.linkedTo(user.sub).find((linked) => {
    if (linked.externalId === user.sub || !isOurs(linked, user)) return false;
    const primary = profiles.get(linked.externalId ?? '');
    return own !== undefined || !isStillLinked(user, primary ?? user, linked.email);
  });
}
