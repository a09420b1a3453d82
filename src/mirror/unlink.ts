import type { ObservedUser } from '../user/observed-user.ts';
import type { Profiles } from '../user/profiles.ts';
import type { WorkosUser, WorkosUsers } from '../workos/users.ts';
import { isEmpty, tagChange } from './decide/changes.ts';
import { createFindLinked, isStillLinked } from './decide/linked-profiles.ts';
import { isLinkedTo, KEYS, type MetadataChanges, metadataToTags } from './decide/metadata.ts';
import type { MirrorRules } from './decide/rules.ts';
import { addLinked, userToTags } from './decide/tags.ts';
import type { Leases } from './leases.ts';
import type { MirrorMemory } from './memory.ts';
import type { UserLocks } from './user-locks.ts';

/**
 * Removes a profile from the WorkOS user that notes it as a second one, together with the tags that it
 * brought; unless it still has the person's address and no other WorkOS user. The metadata do not say which
 * profile brought which tags, so those of the remaining profiles are read from Cognito.
 *
 * @param options.isElsewhere whether the profile was mirrored to another WorkOS user, or is gone from Cognito.
 * @throws RetryableError
 */
export type Unlink = (
  user: Pick<ObservedUser, 'sub' | 'email'>,
  workosUserId: string,
  options: { isElsewhere: boolean },
  signal: AbortSignal | undefined,
) => Promise<void>;

/** Reads and writes under the lock and the lease of the WorkOS user. */
export function createUnlink(dependencies: {
  workosUsers: WorkosUsers;
  profiles: Profiles;
  rules: MirrorRules;
  locks: UserLocks;
  leases: Leases;
  memory: Pick<MirrorMemory, 'beforeWrite'>;
}): Unlink {
  const { workosUsers, profiles, rules, locks, leases, memory } = dependencies;
  const findLinked = createFindLinked(dependencies);
  return (user, workosUserId, { isElsewhere }, outer) =>
    locks.run(workosUserId, locks.now(), () =>
      leases.hold(
        workosUserId,
        Date.now(),
        async (_, signal) => {
          const primary = await workosUsers.get(workosUserId, signal);
          const { externalId: sub } = primary ?? {};
          const userPoolId = primary?.metadata[KEYS.pool];
          if (!primary || sub === undefined || !userPoolId || !isLinkedTo(primary, user.sub))
            return;
          const profile = await profiles.find({ userPoolId, sub }, signal);
          if (!isElsewhere && isStillLinked(user, profile ?? user, primary.email)) return;
          const linked = profile && (await findLinked(primary, signal));
          const others = linked?.filter((each) => each.sub !== user.sub) ?? [];
          const metadata = tagsWithout(user.sub, { primary, profile, others }, rules);
          if (isEmpty(metadata)) return;
          await memory.beforeWrite({ sub, linked: [] });
          await workosUsers.update(workosUserId, { metadata }, signal);
        },
        outer,
      ),
    );
}

/**
 * The tags of the remaining profiles. Their names and email are not touched: those have events of their own.
 */
function tagsWithout(
  linkedSub: string,
  facts: { primary: WorkosUser; profile: ObservedUser | undefined; others: ObservedUser[] },
  rules: MirrorRules,
): MetadataChanges {
  const { primary, profile, others } = facts;
  const noted = metadataToTags(primary.metadata);
  const linkedSubs = noted.linkedSubs.filter((sub) => sub !== linkedSub);
  if (!profile) return tagChange({ ...noted, linkedSubs }, primary, rules).metadata ?? {};
  const own = { ...userToTags(profile), unverified: noted.unverified };
  const tags = others
    .filter((each) => isStillLinked(each, profile, primary.email))
    .reduce(addLinked, own);
  return tagChange(tags, primary, rules).metadata ?? {};
}
