import { isSameAddress } from '../../user/address.ts';
import type { ObservedUser } from '../../user/observed-user.ts';
import type { WorkosUser } from '../../workos/users.ts';
import {
  conflict,
  emailChange,
  exactNames,
  isEmpty,
  namesOf,
  tagChange,
  toUpdate,
  untilSignedIn,
} from './changes.ts';
import type { Confirmation, Decision } from './decision.ts';
import { canMoveOn, hasCrossedOver, isTaggedUnverified } from './holder.ts';
import { isMetadataFull, metadataToTags } from './metadata.ts';
import type { MirrorRules } from './rules.ts';
import { isFederated, mergeTags, sortedUnion, userToTags } from './tags.ts';
import { holdsAddress } from './trust.ts';

/**
 * Decides on a WorkOS user with the observed user's email that another Cognito profile (its holder) has:
 * the holder is the same person, or registered the address without proving it, or used to have the address.
 *
 * @param user the observed profile, as Cognito has confirmed it.
 */
export function decideOnHeldUser(
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
    return hasCrossedOver(held)
      ? conflict('address_passed_on', held, 'holder_unproved_has_crossed_over')
      : displace(user, held, rules);
  }
  return canMoveOn(holder, held, rules, confirmation)
    ? { kind: 'move_holder_first', holder, by: 'holder_moves_on_first' }
    : conflict('address_passed_on', held, 'holder_cannot_move_on');
}

/**
 * Notes a second profile of a person, its sub and its providers, on the WorkOS user; nothing else changes.
 * `cognito_synced_at` stays: moved to this observation, it would make an observation of the primary profile
 * from a moment before look stale.
 */
export function joinAsSecondary(
  user: ObservedUser,
  primary: WorkosUser,
  rules: MirrorRules,
): Decision {
  const current = metadataToTags(primary.metadata);
  const merged = mergeTags(current, { ...userToTags(user), linkedSubs: [user.sub] });
  // A profile is not linked to itself; version 0.1 could note that.
  const linkedSubs = merged.linkedSubs.filter((sub) => sub !== primary.externalId);
  const changes = tagChange({ ...merged, linkedSubs }, primary, rules);
  const by = 'holder_is_the_same_person';
  if (isEmpty(changes)) return { kind: 'unchanged', workosUserId: primary.id, by };
  if (isMetadataFull(primary.metadata)) return conflict('metadata_full', primary, 'metadata_full');
  const outcome = current.linkedSubs.includes(user.sub) ? 'updated' : 'linked';
  return { kind: 'update', outcome, workosUserId: primary.id, changes, by };
}

/**
 * The holder registered the address without verifying it (a squatter): the WorkOS user becomes the observed
 * profile's. Nothing of the squatter stays, and its sub is not noted. The WorkOS user is one that this
 * project made, so it has sessions only if a person has signed in to it.
 */
function displace(user: ObservedUser, squatter: WorkosUser, rules: MirrorRules): Decision {
  // What the squatter has carried over must not open the account of the address's owner.
  const { carried } = metadataToTags(squatter.metadata);
  const isExposed = carried || !squatter.emailVerified;
  // Names are kept only where the address was verified in WorkOS and its owner has signed in there.
  const isOwners = squatter.emailVerified && hasCrossedOver(squatter) && !carried;
  return toUpdate(user, squatter, rules, {
    outcome: 'linked',
    by: 'holder_never_proved_address',
    changes: {
      externalId: user.sub,
      ...(!isOwners && exactNames(user, squatter)),
      ...untilSignedIn(squatter, emailChange(user, squatter)),
      ...tagChange(userToTags(user), squatter, rules),
    },
    ...(!isOwners && { finalNames: namesOf(user) }),
    ...(isExposed && { cleanUp: hasCrossedOver(squatter) ? 'all' : 'password' }),
  });
}

/**
 * A native profile becomes the primary in place of a federated one of the same person. Names become
 * exactly its own, blank ones too, as if it had been mirrored first: a secondary profile sets no names.
 */
function takeOver(user: ObservedUser, held: WorkosUser, rules: MirrorRules): Decision {
  const former = metadataToTags(held.metadata);
  const linkedSubs = sortedUnion(former.linkedSubs, [held.externalId ?? user.sub]);
  const merged = mergeTags(userToTags(user), { ...former, linkedSubs });
  const tags = { ...merged, linkedSubs: merged.linkedSubs.filter((sub) => sub !== user.sub) };
  return toUpdate(user, held, rules, {
    outcome: 'linked',
    by: 'holder_gives_way_to_native',
    changes: {
      externalId: user.sub,
      ...exactNames(user, held),
      ...emailChange(user, held),
      ...tagChange(tags, held, rules),
    },
    finalNames: namesOf(user),
  });
}

/** The owner may have replaced our external id by one of their own, and left our tags. */
function looksLikeSub(externalId = ''): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(externalId);
}
