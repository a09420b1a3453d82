import { isSameAddress } from '../../user/address.ts';
import type { ObservedUser } from '../../user/observed-user.ts';
import type { Profiles } from '../../user/profiles.ts';
import type { WorkosUser, WorkosUsers } from '../../workos/users.ts';
import { KEYS, metadataToTags } from './metadata.ts';

/**
 * The linked profiles of a WorkOS user that still exist and have no WorkOS user of their own; undefined
 * where no profile is linked.
 *
 * @throws RetryableError when Cognito or WorkOS cannot be asked.
 */
type FindLinked = (
  primary: WorkosUser,
  signal: AbortSignal | undefined,
) => Promise<ObservedUser[] | undefined>;

/** @param dependencies.profiles where the linked profiles are read, one after the other. */
export function createFindLinked(dependencies: {
  workosUsers: Pick<WorkosUsers, 'findByExternalId'>;
  profiles: Profiles;
}): FindLinked {
  const { workosUsers, profiles } = dependencies;
  return async (primary, signal) => {
    const { linkedSubs } = metadataToTags(primary.metadata);
    const others = linkedSubs.filter((sub) => sub !== primary.externalId);
    const userPoolId = primary.metadata[KEYS.pool];
    if (others.length === 0 || !userPoolId) return undefined;
    const found: ObservedUser[] = [];
    for (const sub of others) {
      const profile = await profiles.find({ userPoolId, sub }, signal);
      if (profile && !(await workosUsers.findByExternalId(sub, signal))) found.push(profile);
    }
    return found;
  };
}

/**
 * Whether a linked profile still belongs to the same person: it has the address of the primary profile, or
 * the one that WorkOS has.
 */
export function isStillLinked(
  profile: Pick<ObservedUser, 'email'>,
  primary: Pick<ObservedUser, 'email'>,
  workosEmail: string,
): boolean {
  return isSameAddress(profile.email, primary.email) || isSameAddress(profile.email, workosEmail);
}
