import type { ObservedUser } from '../user/observed-user.ts';
import type { UserChanges, WorkosUser, WorkosUsers } from '../workos/users.ts';
import { hasCrossedOver, isOurs } from './decide/holder.ts';
import { authToCarried, KEYS, metadataToTags } from './decide/metadata.ts';
import { unknownPassword } from './unknown-password.ts';

/**
 * Overwrites the password that was carried to the observed user's own WorkOS user, and nothing else: for a user who
 * cannot be mirrored, but whose former password must not open WorkOS any more.
 *
 * @throws RetryableError
 */
export async function overwriteFormer(
  user: ObservedUser,
  workosUsers: Pick<WorkosUsers, 'findByExternalId' | 'update'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const own = await workosUsers.findByExternalId(user.sub, signal);
  if (!own || !isOurs(own, user) || hasCrossedOver(own)) return;
  if (metadataToTags(own.metadata).carried) {
    await workosUsers.update(own.id, withoutPassword(own), signal);
  }
}

/** A random password in place of the one that WorkOS has, and no tag that it was carried. */
export function withoutPassword({ metadata }: WorkosUser): UserChanges {
  const auth = authToCarried(metadata[KEYS.auth] ?? '', false);
  return { password: unknownPassword(), metadata: { [KEYS.auth]: auth } };
}
