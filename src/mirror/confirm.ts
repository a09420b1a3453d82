import type { ObservedUser } from '../user/observed-user.ts';
import type { Profiles } from '../user/profiles.ts';
import type { Confirmation } from './decide/decision.ts';

/** Asks Cognito about the observed profile, and about the one that holds the WorkOS user. */
export type Confirm = (
  user: ObservedUser,
  holderSub: string | undefined,
  options: { stuck: ReadonlySet<string>; signal: AbortSignal | undefined },
) => Promise<Confirmation>;

export function createConfirm(profiles: Profiles): Confirm {
  return async (user, holderSub, { stuck, signal }) => {
    const { userPoolId, sub } = user;
    const [current, holder] = await Promise.all([
      profiles.find({ userPoolId, sub }, signal),
      holderSub === undefined ? undefined : profiles.find({ userPoolId, sub: holderSub }, signal),
    ]);
    return {
      user: current && toConfirmed(user, current),
      holder,
      asOf: profiles.asOf,
      stuck,
    };
  };
}

/**
 * What was observed, and what Cognito says now → what to mirror. Address, verification, providers, status
 * and ban are as Cognito says now. Names are too, unless the profile was last changed before it was
 * observed: then the observation shows them at least as they are.
 */
function toConfirmed(observed: ObservedUser, user: ObservedUser): ObservedUser {
  const changedAt = user.modifiedAt ?? user.observedAt;
  if (Date.parse(changedAt) > Date.parse(observed.observedAt)) {
    return { ...user, observedAt: changedAt };
  }
  const { givenName: _, familyName: __, name: ___, ...confirmed } = user;
  const { givenName, familyName, name, observedAt } = observed;
  return {
    ...confirmed,
    ...(givenName !== undefined && { givenName }),
    ...(familyName !== undefined && { familyName }),
    ...(name !== undefined && { name }),
    observedAt,
  };
}
