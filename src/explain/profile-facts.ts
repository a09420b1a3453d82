import type { MirrorRules } from '../mirror/decide/rules.ts';
import { isFederated } from '../mirror/decide/tags.ts';
import { countsAsVerified } from '../mirror/decide/trust.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { Doubt, ProfileFacts } from './explanation.ts';
import type { PoolProfile } from './pool-lookup.ts';

/** A profile of the pool → what is shown of it. */
export function profileToFacts({ user, createdAt }: PoolProfile, rules: MirrorRules): ProfileFacts {
  const { sub, username, email, emailVerified, status, enabled, modifiedAt } = user;
  const name = nameOf(user);
  const verified = countsAsVerified(user, rules);
  return {
    sub,
    username,
    ...(email !== undefined && { email }),
    emailVerified,
    countsAsVerified: verified,
    ...(!verified && { doubt: toDoubt(user, rules) }),
    ...(name !== undefined && { name }),
    ...(status !== undefined && { status }),
    ...(enabled !== undefined && { enabled }),
    kind: isFederated(user) ? 'federated' : 'native',
    providers: user.identities.map((each) => ({
      name: each.providerName,
      type: each.providerType,
      linked: !each.primary,
    })),
    ...(createdAt !== undefined && { createdAt }),
    ...(modifiedAt !== undefined && { modifiedAt }),
  };
}

function nameOf({ givenName, familyName, name }: ObservedUser): string | undefined {
  const joined = [givenName, familyName].filter((part) => part !== undefined).join(' ');
  return joined || name;
}

/** Which condition of docs/design.md#counts-as-verified fails first. */
function toDoubt(user: ObservedUser, rules: MirrorRules): Doubt {
  if (user.email === undefined) return { kind: 'no_email' };
  if (isFederated(user) && user.identities.length === 0) return { kind: 'no_identity' };
  if (!isFederated(user) && !user.emailVerified) return { kind: 'flag_missing' };
  // The same rule, asked about one provider at a time.
  const doubted = user.identities.find(
    (identity) => !countsAsVerified({ ...user, identities: [identity] }, rules),
  );
  const isSocial =
    doubted !== undefined &&
    countsAsVerified({ ...user, emailVerified: true, identities: [doubted] }, rules);
  if (doubted === undefined || isSocial) return { kind: 'flag_missing' };
  return { kind: 'provider_not_trusted', provider: doubted.providerName };
}
