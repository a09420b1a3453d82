import type { WorkosIndex } from '../bulk/workos-index.ts';
import { metadataToTags } from '../mirror/decide/metadata.ts';
import type { ObservedUser } from '../user/observed-user.ts';

/**
 * Whether the outcome for a user depends on other Cognito profiles: the WorkOS user of another one has its
 * address, or profiles are linked to it, or it is linked to another. It is mirrored once all are listed.
 */
export function waitsForOthers(
  user: ObservedUser,
  index: Pick<WorkosIndex, 'byExternalId' | 'byEmail' | 'linkedTo'>,
): boolean {
  const own = index.byExternalId(user.sub);
  const holder = user.email === undefined ? undefined : index.byEmail(user.email);
  if (index.linkedTo(user.sub).length > 0) return true;
  if (!own) return holder?.externalId !== undefined;
  const isAnothers = holder !== undefined && holder.id !== own.id;
  return isAnothers || metadataToTags(own.metadata).linkedSubs.length > 0;
}
