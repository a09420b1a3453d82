import { createHash } from 'node:crypto';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import { isFederated, needsNewPassword } from '../mirror/decide/tags.ts';
import type { ObservedUser } from '../user/observed-user.ts';

/** To be raised when the rules change: every state is then mirrored again. */
const RULES_VERSION = 3;

/**
 * An observed user → a hash of everything that the mirror reads of it, salted with the sub. The same for a
 * trigger event and for a listed profile.
 */
export function userToHash(user: ObservedUser): string {
  const { sub, userPoolId, email, emailVerified, givenName, familyName, name } = user;
  const identities = user.identities.map(
    ({ providerName, providerType }) => `${providerName} ${providerType}`,
  );
  return toHash([
    [sub, userPoolId, email ?? null, emailVerified],
    [givenName ?? null, familyName ?? null, name ?? null],
    [isFederated(user), identities.sort()],
    // Only where it is so: the hashes of all other users stay as they are.
    ...(needsNewPassword(user) ? ['new password'] : []),
  ]);
}

/**
 * The rules and the owner's settings → a hash: states that were mirrored with other ones are mirrored again.
 */
export function rulesToHash({ clientIds, trustedProviders, retag }: MirrorRules): string {
  const trusted = [...trustedProviders].map(([name, domains]) => [
    name,
    domains === 'all' ? domains : [...domains].sort(),
  ]);
  const clients = clientIds && Object.entries(clientIds).sort();
  return toHash([RULES_VERSION, clients ?? null, trusted.sort(), retag ?? false]);
}

function toHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
