import { isDeepStrictEqual } from 'node:util';
import type {
  DirectoryUser,
  ListableDirectory,
  UserChanges,
  WriteResult,
} from '../workos/users.ts';
import type { Pace } from './request-scheduler.ts';

export type GuardedUpdate = WriteResult | { kind: 'changed'; now: DirectoryUser | undefined };

/** A directory whose every request waits for its turn, and is tried again while that can help. */
export interface PacedDirectory extends Omit<ListableDirectory, 'update'> {
  /**
   * Updates a user that is still as expected; otherwise nothing is written. WorkOS has no such
   * request: it is a read and, at once, a write, in one turn, so that nobody waits between them.
   */
  updateIf(
    expected: DirectoryUser,
    changes: UserChanges,
    signal?: AbortSignal,
  ): Promise<GuardedUpdate>;
}

export function createPacedDirectory(directory: ListableDirectory, pace: Pace): PacedDirectory {
  return {
    get: (id, signal) => pace.run('read', () => directory.get(id, signal)),
    list: (after, signal) => pace.run('read', () => directory.list(after, signal)),
    findByEmail: (email, signal) => pace.run('read', () => directory.findByEmail(email, signal)),
    findByExternalId: (id, signal) =>
      pace.run('read', () => directory.findByExternalId(id, signal)),
    create: (user, signal) => pace.run('write', () => directory.create(user, signal)),
    endSessions: (id, signal) => pace.run('write', () => directory.endSessions(id, signal)),
    authFactors: (id, signal) => pace.run('read', () => directory.authFactors(id, signal)),
    updateIf: (expected, changes, signal) =>
      pace.run(
        'write',
        async () => {
          const now = await directory.get(expected.id, signal);
          if (!now || !isDeepStrictEqual(now, expected)) return { kind: 'changed', now };
          return directory.update(expected.id, changes, signal);
        },
        { requests: 2 },
      ),
  };
}
