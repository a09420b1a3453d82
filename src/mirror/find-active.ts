import type { ObservedUser } from '../user/observed-user.ts';
import { RefusedError, type WorkosUsers } from '../workos/users.ts';
import { isOurs } from './decide/holder.ts';

/**
 * The id of the WorkOS user of a profile that is disabled in Cognito: WorkOS has no such state, so its person can
 * still sign in there. undefined where there is none, where WorkOS refuses to answer about it, or where it is not
 * ours. A second profile has no WorkOS user of its own.
 *
 * @throws RetryableError
 */
export type FindActive = (
  user: ObservedUser,
  signal: AbortSignal | undefined,
) => Promise<string | undefined>;

/** One read a call. */
export function createFindActive(workosUsers: Pick<WorkosUsers, 'findByExternalId'>): FindActive {
  return async (user, signal) => {
    try {
      const own = await workosUsers.findByExternalId(user.sub, signal);
      return own && isOurs(own, user) ? own.id : undefined;
    } catch (error) {
      if (error instanceof RefusedError) return undefined;
      throw error;
    }
  };
}
