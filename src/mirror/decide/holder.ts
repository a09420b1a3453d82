import type { ObservedUser } from '../../user/observed-user.ts';
import type { WorkosUser } from '../../workos/users.ts';
import { type Confirmation, skipReason } from './decision.ts';
import { KEYS, metadataToTags, poolToTag } from './metadata.ts';
import type { MirrorRules } from './rules.ts';
import { countsAsVerified } from './trust.ts';

/**
 * Whether the person has signed in at WorkOS: from then on names, email, flag and external id belong to
 * WorkOS (docs/design.md#principles).
 */
export function hasCrossedOver(user: WorkosUser): boolean {
  return user.lastSignInAt !== undefined;
}

/**
 * Whether the external id is one that this project gave to a profile of the user's pool. Without our tag it
 * is the customer's, whatever it looks like; with the tag of another pool, its profile cannot be looked up
 * here.
 */
export function isOurs(
  user: Pick<WorkosUser, 'metadata'>,
  { userPoolId }: { userPoolId: string },
): boolean {
  return user.metadata[KEYS.pool] === poolToTag(userPoolId);
}

/**
 * Whether a profile's own WorkOS user is another pool's by its tag, so that nothing is written without the
 * rule `retag`: a command may have been given the wrong pool, or the exported files of another one.
 */
export function isOfAnotherPool(
  own: WorkosUser,
  { userPoolId }: { userPoolId: string },
  { retag = false }: Pick<MirrorRules, 'retag'>,
): boolean {
  const pool = own.metadata[KEYS.pool];
  return !retag && Boolean(pool) && pool !== poolToTag(userPoolId);
}

/** Whether the profile in `external_id` is tagged as not counting as verified. */
export function isTaggedUnverified(user: WorkosUser): boolean {
  return metadataToTags(user.metadata).unverified;
}

/**
 * Whether a profile that no longer holds its WorkOS user's address can be moved to its new one: the profile
 * exists, Cognito has verified the new address, and the person has not signed in at WorkOS.
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
    // An address moves together with its flag, so Cognito must have verified it; TRUSTED_EMAIL_PROVIDERS
    // alone is not enough.
    holder.emailVerified &&
    countsAsVerified(holder, rules) &&
    !hasCrossedOver(held) &&
    !stuck?.has(holder.sub)
  );
}
