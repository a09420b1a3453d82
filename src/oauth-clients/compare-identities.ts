import type { Identity } from '../user/observed-user.ts';
import type { WorkosIdentity } from '../workos/user-identities.ts';
import type { Counterpart } from './counterpart.ts';

/** Provider name in the pool → what it is in WorkOS. */
export type Counterparts = ReadonlyMap<string, Counterpart>;

/** An identity, and the Cognito profile it belongs to. */
export type ProfileIdentity = Identity & { sub: string };

/**
 * - `other_id`: the same provider names the person by another id: another client or team, or another
 *   account with the same address.
 * - `other_provider`: the person came to WorkOS by a provider that Cognito does not have for them.
 */
export type IdentityDifference = {
  sub: string;
  provider: string;
  reason: 'other_id' | 'other_provider';
  cognitoUserId?: string;
  workosIdpId?: string;
};

export type IdentityComparison =
  | { kind: 'not_yet' | 'same' | 'not_comparable' }
  | { kind: 'different'; differences: IdentityDifference[] };

/**
 * Is the person that WorkOS has met the one that Cognito knows? One person's identities on both sides.
 *
 * Not comparable are providers that WorkOS lists no identities of (SSO) or does not have, and Microsoft
 * where the two sides use different kinds of id: `sub` differs from application to application, the
 * object id (a UUID) does not (Microsoft identity platform, ID token claims).
 */
export function compareIdentities(
  cognito: readonly ProfileIdentity[],
  workos: readonly WorkosIdentity[],
  counterparts: Counterparts,
): IdentityComparison {
  if (workos.length === 0) return { kind: 'not_yet' };
  const met = workos.filter(({ type }) => type === 'OAuth');
  const pairs = cognito.flatMap((identity) => {
    const counterpart = counterparts.get(identity.providerName);
    if (counterpart?.kind !== 'oauth') return [];
    const there = met.filter(({ provider }) => isSameText(provider, counterpart.workos));
    return [{ identity, provider: counterpart.workos, there }];
  });
  const [first] = cognito;
  if (met.length === 0 || pairs.length === 0 || !first) return { kind: 'not_comparable' };

  const common = pairs.filter(({ there }) => there.length > 0);
  if (common.length === 0)
    return { kind: 'different', differences: otherProviders(first.sub, met) };
  const verdicts = common.map((pair) => ({ ...pair, verdict: judge(pair) }));
  const differences = verdicts
    // Of two accounts at one provider, linked in Cognito, WorkOS may have met only one.
    .filter(({ verdict, provider }) => verdict === 'different' && !isMet(verdicts, provider))
    .map(({ identity, provider, there }) => ({
      sub: identity.sub,
      provider,
      reason: 'other_id' as const,
      cognitoUserId: identity.userId,
      ...(there[0] && { workosIdpId: there[0].idpId }),
    }));
  if (differences.length > 0) return { kind: 'different', differences };
  return { kind: verdicts.some(({ verdict }) => verdict === 'same') ? 'same' : 'not_comparable' };
}

type IdentityVerdict = 'same' | 'different' | 'not_comparable';
type Pair = { identity: ProfileIdentity; provider: string; there: WorkosIdentity[] };

function judge({ identity, provider, there }: Pair): IdentityVerdict {
  const { userId } = identity;
  if (there.some(({ idpId }) => isSameText(idpId, userId))) return 'same';
  if (userId === '') return 'not_comparable';
  const differentKinds = there.every(({ idpId }) => UUID.test(idpId) !== UUID.test(userId));
  return provider === 'MicrosoftOAuth' && differentKinds ? 'not_comparable' : 'different';
}

function isMet(
  verdicts: { verdict: IdentityVerdict; provider: string }[],
  provider: string,
): boolean {
  return verdicts.some((each) => each.provider === provider && each.verdict === 'same');
}

function otherProviders(sub: string, met: WorkosIdentity[]): IdentityDifference[] {
  return met.map(({ provider, idpId }) => ({
    sub,
    provider,
    reason: 'other_provider',
    workosIdpId: idpId,
  }));
}

/** Cognito writes federated ids in lower case at times; WorkOS writes GithubOAuth and GitHubOAuth. */
function isSameText(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
