import type { ObservedUser } from '../user/observed-user.ts';
import type { Profiles } from '../user/profiles.ts';
import type { UserChanges, WorkosUser, WorkosUsers } from '../workos/users.ts';
import { emailChange, exactNames, isEmpty, tagChange } from './decide/changes.ts';
import { hasCrossedOver } from './decide/holder.ts';
import { KEYS, metadataToTags } from './decide/metadata.ts';
import type { MirrorRules } from './decide/rules.ts';
import { mergeTags, userToTags } from './decide/tags.ts';
import type { MirrorMemory } from './memory.ts';
import { withoutPassword } from './overwrite-former.ts';

/**
 * Overwrites a WorkOS user with what Cognito says of the profile that holds it now: it became that
 * profile's between the read and the write of another one, whose update it has received. Does nothing
 * where the person has signed in at WorkOS, or where Cognito does not have the profile; but the other profile's
 * password (`hasPassword`) is overwritten in any case.
 */
type Restore = (
  user: WorkosUser,
  signal: AbortSignal | undefined,
  update?: { hasPassword: boolean },
) => Promise<void>;

/** @param dependencies.memory told that the profile's WorkOS user has changed, before anything else. */
export function createRestore(dependencies: {
  workosUsers: Pick<WorkosUsers, 'update'>;
  profiles: Profiles;
  rules: MirrorRules;
  memory: Pick<MirrorMemory, 'beforeWrite'>;
}): Restore {
  const { workosUsers, profiles, rules, memory } = dependencies;
  return async (user, signal, { hasPassword } = { hasPassword: false }) => {
    const { externalId: sub, metadata } = user;
    const userPoolId = metadata[KEYS.pool];
    if (hasPassword) await workosUsers.update(user.id, withoutPassword(user), signal);
    if (sub === undefined || !userPoolId) return;
    // First of all: whatever fails below, the profile's next observation is mirrored again.
    await memory.beforeWrite({ sub, linked: [] });
    if (hasCrossedOver(user)) return;
    const rightful = await profiles.find({ userPoolId, sub }, signal);
    if (!rightful) return;
    const changes = restoredChanges(rightful, user, rules, hasPassword);
    if (isEmpty(changes)) return;
    await workosUsers.update(user.id, changes, signal);
  };
}

function restoredChanges(
  rightful: ObservedUser,
  user: WorkosUser,
  rules: MirrorRules,
  hasPassword: boolean,
): UserChanges {
  const noted = metadataToTags(user.metadata);
  const linkedSubs = noted.linkedSubs.filter((sub) => sub !== rightful.sub);
  const tags = mergeTags(
    {
      ...userToTags(rightful),
      unverified: noted.unverified,
      carried: noted.carried && !hasPassword,
    },
    { ...noted, linkedSubs },
  );
  return {
    ...exactNames(rightful, user),
    ...emailChange(rightful, user),
    ...tagChange(tags, user, rules),
  };
}
