import { isSameAddress } from '../../user/address.ts';
import type { ObservedUser } from '../../user/observed-user.ts';
import type { UserChanges, WorkosUser } from '../../workos/users.ts';
import {
  conflict,
  emailChange,
  exactNames,
  isEmpty,
  namesOf,
  presentNames,
  tagChange,
  toUpdate,
} from './changes.ts';
import { type Confirmation, type Decision, skipReason } from './decision.ts';
import { canMoveOn, hasCrossedOver, isOurs, isTaggedUnverified } from './holder.ts';
import { isMetadataFull, metadataToTags } from './metadata.ts';
import type { MirrorRules } from './rules.ts';
import { isStale } from './stamp.ts';
import { isFederated, keepLinked, mergeTags, sortedUnion, userToTags } from './tags.ts';
import { countsAsVerified, holdsAddress } from './trust.ts';

/**
 * A WorkOS user with this email that does not carry this sub. Everything here rests on an email, so
 * nothing is written that Cognito does not confirm now.
 */
export function decideOnSameEmail(
  user: ObservedUser,
  other: WorkosUser,
  rules: MirrorRules,
  confirmation: Confirmation | undefined,
): Decision {
  const refusal = refuseAtOnce(user, other, rules);
  if (refusal) return refusal;
  if (!confirmation) return withoutConfirmation(user, other, rules);

  const now = confirmation.user;
  if (!now || !holdsAddress(now, user.email ?? '', rules)) {
    return { kind: 'stale', workosUserId: other.id };
  }
  const reason = skipReason(now);
  if (reason !== undefined) return { kind: 'skipped', reason };
  if (confirmation.asOf === 'export' && isStale(now, other, rules)) {
    return { kind: 'stale', workosUserId: other.id };
  }
  return other.externalId === undefined
    ? link(now, other, rules)
    : decideOnHolder(now, other, rules, confirmation);
}

/** What needs no question to Cognito. */
function refuseAtOnce(
  user: ObservedUser,
  other: WorkosUser,
  rules: MirrorRules,
): Decision | undefined {
  if (!countsAsVerified(user, rules)) return conflict('unverified_email', other);
  if (other.externalId !== undefined) {
    return isOurs(other, user) ? undefined : conflict('foreign_external_id', other);
  }
  // Somebody may have registered it with this address and a password of their own.
  const isTrap = !other.emailVerified && !rules.takeOverUnverified;
  return isTrap ? conflict('unverified_in_workos', other) : undefined;
}

/** A second profile that is noted already and brings nothing new is no reason to ask Cognito. */
function withoutConfirmation(user: ObservedUser, other: WorkosUser, rules: MirrorRules): Decision {
  const { externalId: holderSub, metadata } = other;
  if (holderSub === undefined) return { kind: 'recheck' };
  const { linkedSubs, unverified } = metadataToTags(metadata);
  const join = !unverified && linkedSubs.includes(user.sub) && joinAsSecondary(user, other, rules);
  return join && join.kind === 'unchanged' ? join : { kind: 'recheck', holderSub };
}

/** Another Cognito sub has the WorkOS user: is it a squatter, the same person, or its former holder? */
function decideOnHolder(
  user: ObservedUser,
  held: WorkosUser,
  rules: MirrorRules,
  confirmation: Confirmation,
): Decision {
  const { holder } = confirmation;
  if (holder && holdsAddress(holder, held.email, rules)) {
    const isTakenOver = isFederated(holder) && !isFederated(user);
    return isTakenOver && !hasCrossedOver(held)
      ? takeOver(user, held, rules)
      : joinAsSecondary(user, held, rules);
  }
  if (isTaggedUnverified(held) && (holder || looksLikeSub(held.externalId))) {
    return displace(user, held, rules);
  }
  if (holder && isSameAddress(holder.email, held.email)) {
    // Its address is not verified, and no tag says that it ever was: version 0.1 wrote none.
    return hasCrossedOver(held) ? conflict('address_passed_on', held) : displace(user, held, rules);
  }
  return canMoveOn(holder, held, rules, confirmation)
    ? { kind: 'move_on_first', holder }
    : conflict('address_passed_on', held);
}

/** A WorkOS user without an external id becomes this profile's. */
function link(user: ObservedUser, other: WorkosUser, rules: MirrorRules): Decision {
  const isTrap = !other.emailVerified;
  const names = isTrap ? exactNames(user, other) : presentNames(user, other);
  const tags = keepLinked(userToTags(user), metadataToTags(other.metadata), user.sub);
  return toUpdate(user, other, rules, {
    outcome: 'linked',
    changes: {
      externalId: user.sub,
      ...untilSignedIn(other, { ...names, ...emailChange(user, other) }),
      ...tagChange(tags, other, rules),
    },
    ...(isTrap && { cleanUp: 'all', finalNames: namesOf(user) }),
  });
}

/**
 * Whoever registered first with somebody's unverified address gains nothing: nothing of theirs stays,
 * and their sub is not noted. The WorkOS user is one that we made, so that it has no sessions unless
 * somebody has signed in to it.
 */
function displace(user: ObservedUser, squatter: WorkosUser, rules: MirrorRules): Decision {
  // Whoever signed in there without proving the address was not the owner: the names are not theirs.
  const isOwners = squatter.emailVerified && hasCrossedOver(squatter);
  return toUpdate(user, squatter, rules, {
    outcome: 'linked',
    changes: {
      externalId: user.sub,
      ...(!isOwners && exactNames(user, squatter)),
      ...untilSignedIn(squatter, emailChange(user, squatter)),
      ...tagChange(userToTags(user), squatter, rules),
    },
    ...(!isOwners && { finalNames: namesOf(user) }),
    ...(!squatter.emailVerified && { cleanUp: hasCrossedOver(squatter) ? 'all' : 'password' }),
  });
}

/**
 * A native profile takes the first place from a federated one of the same person. Names become
 * exactly its own, blank ones too: had it come first, the other could not have brought any.
 */
function takeOver(user: ObservedUser, held: WorkosUser, rules: MirrorRules): Decision {
  const former = metadataToTags(held.metadata);
  const linkedSubs = sortedUnion(former.linkedSubs, [held.externalId ?? user.sub]);
  const merged = mergeTags(userToTags(user), { ...former, linkedSubs });
  const tags = { ...merged, linkedSubs: merged.linkedSubs.filter((sub) => sub !== user.sub) };
  return toUpdate(user, held, rules, {
    outcome: 'linked',
    changes: {
      externalId: user.sub,
      ...exactNames(user, held),
      ...emailChange(user, held),
      ...tagChange(tags, held, rules),
    },
    finalNames: namesOf(user),
  });
}

/**
 * A second profile of a person: its sub and its providers are noted, nothing else changes. The time
 * of the observation is not: it would make the primary's own, seen a moment earlier, look stale.
 */
function joinAsSecondary(user: ObservedUser, primary: WorkosUser, rules: MirrorRules): Decision {
  const current = metadataToTags(primary.metadata);
  const merged = mergeTags(current, { ...userToTags(user), linkedSubs: [user.sub] });
  // Nobody is linked to themselves; version 0.1 could note that.
  const linkedSubs = merged.linkedSubs.filter((sub) => sub !== primary.externalId);
  const changes = tagChange({ ...merged, linkedSubs }, primary, rules);
  if (isEmpty(changes)) return { kind: 'unchanged', workosUserId: primary.id };
  if (isMetadataFull(primary.metadata)) return conflict('metadata_full', primary);
  const outcome = current.linkedSubs.includes(user.sub) ? 'updated' : 'linked';
  return { kind: 'update', outcome, workosUserId: primary.id, changes };
}

/** Somebody may have written an id of their own over ours, and left our tags. */
function looksLikeSub(externalId = ''): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(externalId);
}

/** Names, email and flag belong to WorkOS once the person has signed in there. */
function untilSignedIn(target: WorkosUser, changes: UserChanges): UserChanges {
  return hasCrossedOver(target) ? {} : changes;
}
