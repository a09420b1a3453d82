import type { Profiles } from '../user/profiles.ts';
import type { UserDirectory } from '../workos/user-directory.ts';
import type { Leases } from './leases.ts';
import { createFindLinked } from './linked-profiles.ts';
import { isLinkedTo, KEYS } from './metadata.ts';
import { decideOnOwn } from './own-user.ts';
import type { MirrorRules } from './rules.ts';
import type { Turns } from './turns.ts';

/**
 * A link is not for ever: takes a profile off the WorkOS user that notes it as a second one, with the tags
 * it brought. What the remaining profiles bring is read from Cognito: noted together, tags cannot be told
 * apart.
 *
 * @throws RetryableError
 */
export type Unlink = (
  sub: string,
  workosUserId: string,
  signal: AbortSignal | undefined,
) => Promise<void>;

export function createUnlink(dependencies: {
  directory: UserDirectory;
  profiles: Profiles;
  rules: MirrorRules;
  turns: Turns;
  leases: Leases;
}): Unlink {
  const { directory, profiles, rules, turns, leases } = dependencies;
  const findLinked = createFindLinked(dependencies);
  return (linkedSub, workosUserId, outer) =>
    turns.run(workosUserId, turns.now(), () =>
      leases.hold(
        workosUserId,
        Date.now(),
        async (_, signal) => {
          const primary = await directory.get(workosUserId, signal);
          const { externalId: sub, metadata } = primary ?? {};
          const userPoolId = metadata?.[KEYS.pool];
          if (!primary || sub === undefined || !userPoolId || !isLinkedTo(primary, linkedSub))
            return;
          const profile = await profiles.find({ userPoolId, sub }, signal);
          if (!profile) return;
          const linked = (await findLinked(primary, signal)) ?? [];
          const others = linked.filter((each) => each.sub !== linkedSub);
          const decision = decideOnOwn(profile, primary, rules, { linked: others });
          if (decision.kind !== 'update') return;
          await directory.update(workosUserId, decision.changes, signal);
        },
        outer,
      ),
    );
}
