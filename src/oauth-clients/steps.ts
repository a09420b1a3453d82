import type { IdentityProvider } from '../cognito/identity-provider.ts';
import type { Counterpart } from './counterpart.ts';
import { oauthSteps } from './oauth-steps.ts';
import { oidcSteps, samlSteps } from './sso-steps.ts';

/** What to do so that a provider's users can sign in through WorkOS, with the same client. */
export function providerToSteps(provider: IdentityProvider, counterpart: Counterpart): string[] {
  switch (counterpart.kind) {
    case 'oauth':
      return oauthSteps(provider, counterpart.workos);
    case 'sso':
      return counterpart.workos === 'GenericSAML' ? samlSteps(provider) : oidcSteps(provider);
    case 'none':
      return withoutCounterpart(provider);
  }
}

function withoutCounterpart({ type }: IdentityProvider): string[] {
  return [
    `WorkOS has no social login with ${PRODUCT[type] ?? `providers of the type ${type}`}: after the cutover users cannot sign in this way.`,
    'Its users keep their WorkOS user, and come back to it by their email address: in the WorkOS dashboard under Authentication, enable Magic Auth (a code by mail), passwords (they set one by a reset mail) or another social login that they have with the same address.',
    'Users without an email address cannot be mirrored, and no other way leads to them: ask them for one while they can still sign in to Cognito. The seed lists them as skipped: no_email.',
    'Tell them before the cutover.',
  ];
}

const PRODUCT: Record<string, string> = {
  Facebook: 'Facebook',
  LoginWithAmazon: 'Amazon',
  OIDC: 'this provider',
};
