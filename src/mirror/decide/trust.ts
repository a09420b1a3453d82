import type { TrustedProviders } from '../../config/mirror.ts';
import { isSameAddress, toAddressKey } from '../../user/address.ts';
import type { Identity, ObservedUser } from '../../user/observed-user.ts';
import type { MirrorRules } from './rules.ts';
import { isFederated } from './tags.ts';

/**
 * Providers that verify addresses themselves and that no customer operates (Cognito API reference,
 * CreateIdentityProvider: ProviderType). A SAML or OIDC provider is operated by a third party, which can
 * assert any address with any flag.
 */
const SOCIAL = new Set(['Google', 'Facebook', 'LoginWithAmazon', 'SignInWithApple']);

/**
 * Whether this profile's address counts as verified, for linking, joining and displacing
 * (docs/design.md#counts-as-verified): by Cognito's flag for native profiles and social providers, by
 * TRUSTED_EMAIL_PROVIDERS for all others. A federated profile without identities does not count as verified.
 *
 * Every identity has to pass, those that are linked to a native profile included, because any of them may
 * have set address and flag: at each sign-in through a linked provider, Cognito updates the profile with the
 * claims that are mapped from it (Cognito developer guide, "Linking federated users to an existing user
 * profile"). A native profile needs Cognito's flag as well, because its user can set any address.
 */
export function countsAsVerified(user: ObservedUser, rules: MirrorRules): boolean {
  if (user.email === undefined) return false;
  if (isFederated(user) ? user.identities.length === 0 : !user.emailVerified) return false;
  const domain = toDomain(user.email);
  return user.identities.every((identity) => {
    if (SOCIAL.has(identity.providerType) && user.emailVerified) return true;
    return isTrusted(identity, domain, rules.trustedProviders);
  });
}

/** Whether the profile has this address and counts as verified. */
export function holdsAddress(
  user: ObservedUser | undefined,
  email: string,
  rules: MirrorRules,
): boolean {
  return user !== undefined && isSameAddress(user.email, email) && countsAsVerified(user, rules);
}

function isTrusted({ providerName }: Identity, domain: string, trusted: TrustedProviders): boolean {
  const domains = trusted.get(providerName);
  return domains === 'all' || (domains?.has(domain) ?? false);
}

function toDomain(email: string): string {
  return toAddressKey(email.slice(email.lastIndexOf('@') + 1));
}
