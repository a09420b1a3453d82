import { isSameAddress } from '../../user/address.ts';
import type { ObservedUser } from '../../user/observed-user.ts';
import type { WorkosUser } from '../../workos/users.ts';
import { conflict, emailChange, presentNames, tagChange, toUpdate } from './changes.ts';
import { type Decision, type KnownProfiles, skip, skipReason } from './decision.ts';
import { hasCrossedOver, isOfAnotherPool } from './holder.ts';
import { isStillLinked } from './linked-profiles.ts';
import { metadataToTags } from './metadata.ts';
import { refuseAddress, restsOnEmail } from './own-address.ts';
import type { MirrorRules } from './rules.ts';
import { isStale } from './stamp.ts';
import { addLinked, keepLinked, needsNewPassword, type Tags, userToTags } from './tags.ts';
import { countsAsVerified } from './trust.ts';

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
  if (isOfAnotherPool(own, user, rules))
    return conflict('tagged_with_another_pool', own, 'own_of_another_pool');
  if (isStale(user, own, rules)) {
    return { kind: 'stale', workosUserId: own.id, by: 'older_observation' };
  }
  const refusal = refuseAddress(user, own, rules);
  if (refusal) return refusal;
  if (!restsOnEmail(user, own, rules)) return updateOwn(user, own, rules, known);
  if (!known.confirmation) return { kind: 'recheck' };
  const now = known.confirmation.user;
  if (!now || !isSameAddress(now.email, user.email) || !restsOnEmail(now, own, rules)) {
    return { kind: 'stale', workosUserId: own.id, by: 'address_given_up' };
  }
  const reason = skipReason(now);
  if (reason !== undefined) return skip(reason);
  return refuseAddress(now, own, rules) ?? updateOwn(now, own, rules, known);
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
    return toUpdate(user, own, rules, { outcome: 'updated', changes, by: 'own_crossed_over' });
  }
  const losesPassword = metadataToTags(own.metadata).carried && needsNewPassword(user);
  const moved = emailChange(user, own);
  const changes = {
    ...presentNames(user, own),
    ...moved,
    ...tagChange(tags(moved.email ?? own.email), own, rules),
  };
  return toUpdate(user, own, rules, {
    outcome: 'updated',
    changes,
    by: 'own_kept_up_to_date',
    ...(losesPassword && { cleanUp: 'password' }),
  });
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
  const carried = current.carried && (hasCrossedOver(own) || !needsNewPassword(user));
  const primary = { ...userToTags(user), unverified, carried };
  if (!linked) return keepLinked(primary, current, user.sub);
  return linked
    .filter((profile) => isStillLinked(profile, user, address))
    .reduce(addLinked, primary);
}
