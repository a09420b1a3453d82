import { isOurs } from '../mirror/decide/holder.ts';
import { KEYS, metadataToTags } from '../mirror/decide/metadata.ts';
import { mailedAt } from '../password-resets/mail-mark.ts';
import type { WorkosUser } from '../workos/users.ts';
import type { WorkosFacts } from './explanation.ts';

/** A WorkOS user → what is shown of it. */
export function workosUserToFacts(user: WorkosUser, userPoolId: string): WorkosFacts {
  const { id, email, emailVerified, firstName, lastName, externalId, lastSignInAt } = user;
  const tags = metadataToTags(user.metadata);
  const syncedAt = user.metadata[KEYS.syncedAt];
  const resetMailedAt = mailedAt(user);
  return {
    id,
    email,
    emailVerified,
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(externalId !== undefined && { externalId }),
    ...(lastSignInAt !== undefined && { lastSignInAt }),
    ours: isOurs(user, { userPoolId }),
    ...(tags.pool !== '' && { pool: tags.pool }),
    signsInWith: [
      ...(tags.password ? (['password'] as const) : []),
      ...(tags.federated ? (['federated'] as const) : []),
    ],
    taggedUnverified: tags.unverified,
    passwordCarried: tags.carried,
    providers: tags.providers,
    linkedSubs: tags.linkedSubs,
    ...(syncedAt !== undefined && { syncedAt }),
    ...(resetMailedAt !== undefined && { resetMailedAt }),
  };
}
