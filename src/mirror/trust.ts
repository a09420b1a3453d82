import type { ObservedUser } from '../cognito/observed-user.ts';
import type { DirectoryUser } from '../workos/user-directory.ts';
import { KEYS, metadataToTags } from './metadata.ts';
import type { MirrorRules } from './rules.ts';
import { encodeName, isFederated } from './tags.ts';

/**
 * Whether this profile may be linked by its email: Cognito says it is verified, or the owner trusts its
 * provider. Every identity of a federated profile has to be trusted: any of them may have set
 * the address.
 */
export function countsAsVerified(user: ObservedUser, rules: MirrorRules): boolean {
  if (user.emailVerified) return true;
  if (!isFederated(user) || user.identities.length === 0) return false;
  return user.identities.every(({ providerName }) => rules.trustedEmailProviders.has(providerName));
}

/** The same question about the profile that holds a WorkOS user, answered from its tags. */
export function holderCountsAsVerified(holder: DirectoryUser, rules: MirrorRules): boolean {
  if (holder.emailVerified) return true;
  const { password, providers } = metadataToTags(holder.metadata);
  const trusted = new Set([...rules.trustedEmailProviders].map(encodeName));
  return !password && providers.length > 0 && providers.every((name) => trusted.has(name));
}

/**
 * Is that external id a Cognito sub, or the customer's own identifier? Ours come with our tags; a
 * sub that lost them is still a UUID (Cognito developer guide, "sub").
 */
export function isCognitoSub(user: DirectoryUser): boolean {
  return user.metadata[KEYS.pool] !== undefined || UUID.test(user.externalId ?? '');
}
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
