import type { ObservedUser } from '../../user/observed-user.ts';
import type { WorkosUser } from '../../workos/users.ts';
import { type Confirmation, skipReason } from './decision.ts';
import { KEYS, metadataToTags } from './metadata.ts';
import type { MirrorRules } from './rules.ts';
import { countsAsVerified } from './trust.ts';

/** The person has signed in at WorkOS: names, email, flag and external id are WorkOS's from then on. */
export function hasCrossedOver(user: WorkosUser): boolean {
  return user.lastSignInAt !== undefined;
}

/**
 * Whether the external id is one that we gave to a profile of this pool. Without our tag it is the
 * customer's, whatever it looks like; with another pool's, nobody here can ask about its profile.
 */
export function isOurs(user: WorkosUser, { userPoolId }: { userPoolId: string }): boolean {
  return user.metadata[KEYS.pool] === userPoolId;
}

/** The profile in `external_id` never counted as verified. */
export function isTaggedUnverified(user: WorkosUser): boolean {
  return metadataToTags(user.metadata).unverified;
}

/**
 * Whether a profile that does not hold its WorkOS user's address any more can be moved to its new one:
 * it lives, Cognito has verified the new address, and the person has not signed in at WorkOS.
 */
export function canMoveOn(
  holder: ObservedUser | undefined,
  held: WorkosUser,
  rules: MirrorRules,
  { stuck }: Pick<Confirmation, 'stuck'>,
): holder is ObservedUser {
  return (
    holder !== undefined &&
    skipReason(holder) === undefined &&
    // What only the owner vouches for is not moved: an address moves with its flag.
    holder.emailVerified &&
    countsAsVerified(holder, rules) &&
    !hasCrossedOver(held) &&
    !stuck?.has(holder.sub)
  );
}
