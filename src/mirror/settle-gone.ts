import { createDeleteGone } from './delete-gone.ts';
import type { DeletionLimit } from './deletion-limit.ts';
import type { DeletionOutcome } from './deletion-outcome.ts';
import { type Leases, NO_LEASES } from './leases.ts';
import type { MirrorMemory } from './memory.ts';
import { configToRules, type MirrorDependencies } from './mirror.ts';
import { createUnlink } from './unlink.ts';
import type { UserLocks } from './user-locks.ts';

/**
 * Settles a profile that Cognito does not have, as the caller has just been told: takes it off the WorkOS user of
 * which it is known to be a second profile, and deletes its own one where the deployment deletes.
 *
 * @throws RetryableError
 */
export type SettleGone = (
  gone: { userPoolId: string; sub: string },
  signal?: AbortSignal,
) => Promise<DeletionOutcome>;

/**
 * @param dependencies.locks those of the mirror in this process, as its memory and leases.
 * @param dependencies.deletions how many WorkOS users may be deleted; absent: they are kept, and WorkOS is not asked
 *   about them.
 */
export function createSettleGone(
  dependencies: Pick<MirrorDependencies, 'workosUsers' | 'profiles' | 'config'> & {
    memory: MirrorMemory;
    locks: UserLocks;
    leases?: Leases;
    deletions?: DeletionLimit | undefined;
    clock: () => Date;
  },
): SettleGone {
  const { memory, leases = NO_LEASES, deletions: limit } = dependencies;
  const shared = { ...dependencies, leases, rules: configToRules(dependencies.config) };
  const unlink = createUnlink(shared);
  const deleteGone = limit && createDeleteGone({ ...shared, limit });
  return async (gone, signal) => {
    const { workosUserId, isSecondary = false } = memory.recall(gone.sub) ?? {};
    if (isSecondary && workosUserId !== undefined) {
      await unlink(gone, workosUserId, { isElsewhere: true }, signal);
    }
    return deleteGone ? deleteGone(gone, signal) : { outcome: 'skipped', reason: 'gone' };
  };
}
