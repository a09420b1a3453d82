import type { WorkosUser } from '../../workos/users.ts';
import type { DeletionOutcome } from '../deletion-outcome.ts';
import { hasCrossedOver, isOfAnotherPool, isOurs } from './holder.ts';
import { mayOmitLinkedSubs } from './metadata.ts';

/**
 * Why a WorkOS user may not be deleted, by what WorkOS has of it alone (docs/design.md#deletions); undefined where
 * nothing speaks against it.
 *
 * @param gone the profile that Cognito does not have.
 */
export function refuseDeletion(
  user: WorkosUser,
  gone: { userPoolId: string; sub: string },
): DeletionOutcome | undefined {
  const { id: workosUserId } = user;
  if (user.externalId !== gone.sub) return { outcome: 'skipped', reason: 'not_ours', workosUserId };
  if (isOfAnotherPool(user, gone, {})) {
    return { outcome: 'conflict', reason: 'tagged_with_another_pool', workosUserId };
  }
  if (!isOurs(user, gone)) return { outcome: 'skipped', reason: 'not_ours', workosUserId };
  if (hasCrossedOver(user)) return { outcome: 'skipped', reason: 'crossed_over', workosUserId };
  if (mayOmitLinkedSubs(user.metadata)) {
    return { outcome: 'conflict', reason: 'metadata_full', workosUserId };
  }
  return undefined;
}
