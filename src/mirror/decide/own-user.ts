import { isSameAddress } from '../../user/address.ts';
import type { ObservedUser } from '../../user/observed-user.ts';
import type { WorkosUser } from '../../workos/users.ts';
import {
  conflict,
  emailChange,
  isEmpty,
  presentNames,
  tagChange,
  toUpdate,
  untilSignedIn,
} from './changes.ts';
import { type Confirmation, type Decision, type KnownProfiles, skipReason } from './decision.ts';
import {
  canMoveOn,
  hasCrossedOver,
  isOfAnotherPool,
  isOurs,
  isTaggedUnverified,
} from './holder.ts';
import { isStillLinked } from './linked-profiles.ts';
import { metadataToTags } from './metadata.ts';
import type { MirrorRules } from './rules.ts';
import { isStale } from './stamp.ts';
import { addLinked, keepLinked, type Tags, userToTags } from './tags.ts';
import { countsAsVerified, holdsAddress } from './trust.ts';

/**
 * Decides on the WorkOS user that has this sub as its external id (docs/design.md#updating). Until the
 * person has signed in at WorkOS, Cognito owns names, email and flag; from then on only our metadata keys
 * are kept up to date.
 *
 * @param known.confirmation absent the first time: the decision is then `recheck` where an update would rest
 *   on the observed address.
 */
export function decideOnOwn(
  user: ObservedUser,
  own: WorkosUser,
  rules: MirrorRules,
  known: KnownProfiles,
): Decision {
  if (isOfAnotherPool(own, user, rules)) return conflict('tagged_with_another_pool', own);
  if (isStale(user, own, rules)) return { kind: 'stale', workosUserId: own.id };
  const refusal = refuseAtOnce(user, own, rules);
  if (refusal) return refusal;
  if (!restsOnEmail(user, own, rules)) return updateOwn(user, own, rules, known);
  if (!known.confirmation) return { kind: 'recheck' };
  const now = known.confirmation.user;
  if (!now || !isSameAddress(now.email, user.email) || !restsOnEmail(now, own, rules)) {
    return { kind: 'stale', workosUserId: own.id };
  }
  const reason = skipReason(now);
  if (reason !== undefined) return { kind: 'skipped', reason };
  return refuseAtOnce(now, own, rules) ?? updateOwn(now, own, rules, known);
}

/** The conflicts about the address that need no question to Cognito. */
function refuseAtOnce(
  user: ObservedUser,
  own: WorkosUser,
  rules: MirrorRules,
): Decision | undefined {
  const isRefused = mayBeSomebodyElses(user, own, rules) || movesUnproved(user, own, rules);
  return isRefused ? conflict('unverified_email', own) : undefined;
}

/**
 * Whether the WorkOS user would be moved to an address that does not count as verified. Its password may be
 * from before the move, and would then open the account of the address's owner.
 */
function movesUnproved(user: ObservedUser, own: WorkosUser, rules: MirrorRules): boolean {
  const { email } = untilSignedIn(own, emailChange(user, own));
  return email !== undefined && !countsAsVerified(user, rules);
}

/**
 * Whether an update would rest on the observed address: it moves the WorkOS user there, marks it as verified
 * or removes the tag `unverified`. An old message may name an address that the profile has given up since,
 * and that another user has now: that one could sign in as this user.
 */
function restsOnEmail(user: ObservedUser, own: WorkosUser, rules: MirrorRules): boolean {
  if (!isEmpty(untilSignedIn(own, emailChange(user, own)))) return true;
  return (
    isTaggedUnverified(own) && isSameAddress(user.email, own.email) && countsAsVerified(user, rules)
  );
}

/** Brings names, address and tags up to date, as far as they belong to Cognito. */
function updateOwn(
  user: ObservedUser,
  own: WorkosUser,
  rules: MirrorRules,
  { linked }: KnownProfiles,
): Decision {
  const tags = (address: string) => ownTags(user, own, { address, rules, linked });
  if (hasCrossedOver(own)) {
    const changes = tagChange(tags(own.email), own, rules);
    return toUpdate(user, own, rules, { outcome: 'updated', changes });
  }
  const moved = emailChange(user, own);
  const changes = {
    ...presentNames(user, own),
    ...moved,
    ...tagChange(tags(moved.email ?? own.email), own, rules),
  };
  return toUpdate(user, own, rules, { outcome: 'updated', changes });
}

/**
 * WorkOS has verified the address of this user, and Cognito never did for this profile: the person who
 * proved the address in WorkOS need not be the one who registered it in Cognito.
 */
function mayBeSomebodyElses(user: ObservedUser, own: WorkosUser, rules: MirrorRules): boolean {
  if (!own.emailVerified || !isTaggedUnverified(own)) return false;
  const isConfirmed = user.emailVerified || countsAsVerified(user, rules);
  return !(isConfirmed && isSameAddress(user.email, own.email));
}

/**
 * Tags that linked profiles have brought cannot be distinguished from tags that this profile has lost, so
 * the noted tags stay, unless the linked profiles are known.
 *
 * The tag `unverified` is about the address in WorkOS: a profile that has moved to another address in
 * Cognito, which was not taken over, keeps the tag of the old one. A person who has signed in at WorkOS is
 * not tagged later: from then on Cognito's verification does not matter.
 */
function ownTags(
  user: ObservedUser,
  own: WorkosUser,
  facts: { address: string; rules: MirrorRules; linked: KnownProfiles['linked'] },
): Tags {
  const { address, rules, linked } = facts;
  const current = metadataToTags(own.metadata);
  const isMarked = !countsAsVerified(user, rules) && (current.unverified || !hasCrossedOver(own));
  const unverified = isSameAddress(user.email, address) ? isMarked : current.unverified;
  const primary = { ...userToTags(user), unverified };
  if (!linked) return keepLinked(primary, current, user.sub);
  return linked
    .filter((profile) => isStillLinked(profile, user, address))
    .reduce(addLinked, primary);
}

/**
 * Decides when WorkOS refuses to move a profile's own WorkOS user to a new address, because another WorkOS
 * user has it.
 *
 * @param blocker the WorkOS user that has the address.
 * @param confirmation absent the first time.
 */
export function decideOnTaken(
  user: ObservedUser,
  own: WorkosUser,
  blocker: WorkosUser,
  rules: MirrorRules,
  confirmation: Confirmation | undefined,
): Decision {
  const { externalId: holderSub } = blocker;
  if (holderSub === undefined || !isOurs(blocker, user) || isTaggedUnverified(blocker)) {
    return conflict('email_taken', blocker);
  }
  if (!confirmation) return { kind: 'recheck', holderSub };
  const { user: now, holder } = confirmation;
  if (!holdsAddress(now, user.email ?? '', rules)) return { kind: 'stale', workosUserId: own.id };
  if (holder && isSameAddress(holder.email, blocker.email)) return conflict('email_taken', blocker);
  if (!canMoveOn(holder, blocker, rules, confirmation))
    return conflict('address_passed_on', blocker);
  return { kind: 'move_holder_first', holder };
}
