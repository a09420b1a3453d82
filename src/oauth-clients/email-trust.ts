import type { IdentityProvider } from '../cognito/identity-provider.ts';
import type { Counterpart } from './counterpart.ts';

/**
 * What follows for a provider's users from what the pool maps: a federated user's address counts as
 * unverified unless `email_verified` is mapped (docs/facts.md#cognito-federated), and WorkOS finds
 * users by address.
 */
export function providerToWarnings(provider: IdentityProvider, counterpart: Counterpart): string[] {
  const { name, attributeMapping: mapping } = provider;
  if (mapping.email === undefined) {
    return [
      'The pool maps no email from this provider: users who have none cannot be mirrored (skipped: no_email). Map it; each user gets it at the next sign-in.',
    ];
  }
  if (mapping.email_verified !== undefined) return [];
  const unverified =
    'The pool maps email, but not email_verified: the addresses of its users count as unverified, and an unverified address is never linked to a WorkOS user that exists.';
  return [unverified, `${mapIt(provider)} ${orTrust(name, counterpart)}`];
}

/** Google, Apple and OpenID Connect say it themselves; Facebook and Amazon have no such claim. */
function mapIt({ type }: IdentityProvider): string {
  switch (type) {
    case 'Google':
    case 'SignInWithApple':
      return 'Map email_verified from its attribute email_verified: it is right for each user after the next sign-in.';
    case 'OIDC':
      return 'If the provider gives the claim email_verified, map it: it is right for each user after the next sign-in.';
    case 'SAML':
      return 'If the provider can send an attribute that says so, map email_verified from it.';
    default:
      return 'This provider gives nothing that email_verified could be mapped from.';
  }
}

function orTrust(name: string, counterpart: Counterpart): string {
  // A tenant's administrator can write any address there (Microsoft, "Migrate away from using email claims").
  if (counterpart.workos === 'MicrosoftOAuth') {
    return 'Do not put it into TRUSTED_EMAIL_PROVIDERS unless every account is of a tenant of your own: Entra ID lets other tenants claim any address.';
  }
  if (name.includes(',')) {
    return 'TRUSTED_EMAIL_PROVIDERS cannot name it: its name has a comma.';
  }
  return `If you know that the provider verifies every address itself, you can name it in TRUSTED_EMAIL_PROVIDERS instead: ${name}`;
}
