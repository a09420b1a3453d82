import { isDeepStrictEqual } from 'node:util';
import type { ListableWorkosUsers, UserChanges, WorkosUser, WriteResult } from '../workos/users.ts';
import type { RequestScheduler } from './request-scheduler.ts';

type GuardedUpdate = WriteResult | { kind: 'changed'; now: WorkosUser | undefined };

/** WorkOS's users, each request of which waits for the scheduler, and is retried while that can help. */
export interface RateLimitedUsers extends Omit<ListableWorkosUsers, 'update'> {
  /**
   * Updates a user that is still as expected; otherwise nothing is written. WorkOS has no such
   * request: it is a read and, at once, a write, scheduled together, so that nothing waits between them.
   */
  updateIf(
    expected: WorkosUser,
    changes: UserChanges,
    signal?: AbortSignal,
  ): Promise<GuardedUpdate>;
}

export function createRateLimitedUsers(
  workosUsers: ListableWorkosUsers,
  scheduler: RequestScheduler,
): RateLimitedUsers {
  return {
    get: (id, signal) => scheduler.run('read', () => workosUsers.get(id, signal)),
    list: (after, signal) => scheduler.run('read', () => workosUsers.list(after, signal)),
    findByEmail: (email, signal) =>
      scheduler.run('read', () => workosUsers.findByEmail(email, signal)),
    findByExternalId: (id, signal) =>
      scheduler.run('read', () => workosUsers.findByExternalId(id, signal)),
    create: (user, signal) => scheduler.run('write', () => workosUsers.create(user, signal)),
    delete: (id, signal) => scheduler.run('write', () => workosUsers.delete(id, signal)),
    endSessions: (id, signal) => scheduler.run('write', () => workosUsers.endSessions(id, signal)),
    authFactors: (id, signal) => scheduler.run('read', () => workosUsers.authFactors(id, signal)),
    updateIf: (expected, changes, signal) =>
      scheduler.run(
        'write',
        async () => {
          const now = await workosUsers.get(expected.id, signal);
          if (!now || !isDeepStrictEqual(now, expected)) return { kind: 'changed', now };
          return workosUsers.update(expected.id, changes, signal);
        },
        { requests: 2 },
      ),
  };
}
