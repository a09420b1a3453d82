import type { ObservedUser } from '../user/observed-user.ts';
import type { Profiles } from '../user/profiles.ts';
import type { Confirmation } from './decide/decision.ts';

/**
 * Asks Cognito for the observed profile and for the one that holds the WorkOS user, as they are now.
 *
 * @param holderSub absent where no profile holds the WorkOS user.
 * @param options.confirmed the observed profile, where Cognito has shown it in this round already.
 * @throws RetryableError when Cognito cannot be asked.
 */
export type Confirm = (
  user: ObservedUser,
  holderSub: string | undefined,
  options: {
    stuck: ReadonlySet<string>;
    signal: AbortSignal | undefined;
    confirmed?: ObservedUser | undefined;
  },
) => Promise<Confirmation>;

/** @param profiles where both profiles are read, in parallel. */
export function createConfirm(profiles: Profiles): Confirm {
  return async (user, holderSub, { stuck, signal, confirmed }) => {
    const { userPoolId, sub } = user;
    const [current, holder] = await Promise.all([
      confirmed ?? profiles.find({ userPoolId, sub }, signal),
      holderSub === undefined ? undefined : profiles.find({ userPoolId, sub: holderSub }, signal),
    ]);
    return {
      user: confirmed ?? (current && toConfirmed(user, current)),
      holder,
      asOf: profiles.asOf,
      stuck,
    };
  };
}

/**
 * The observation and Cognito's present profile → what to mirror. Address, verification, providers, status
 * and `enabled` are the present ones. So are names, unless the profile was last changed before the
 * observation: then the observed names are at least as new.
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
