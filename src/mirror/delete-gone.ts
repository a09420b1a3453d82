import type { Profiles } from '../user/profiles.ts';
import {
  RefusedError,
  RetryableError,
  type WorkosUser,
  type WorkosUsers,
} from '../workos/users.ts';
import { refuseDeletion } from './decide/deletable.ts';
import { metadataToTags } from './decide/metadata.ts';
import type { DeletionLimit } from './deletion-limit.ts';
import type { DeletionOutcome } from './deletion-outcome.ts';
import type { Leases } from './leases.ts';
import type { MirrorMemory } from './memory.ts';
import type { UserLocks } from './user-locks.ts';

/** A profile that Cognito is said not to have any more. */
type GoneProfile = { userPoolId: string; sub: string };

/**
 * Deletes the WorkOS user of a profile that Cognito, asked again here, does not have. It deletes only a user that has
 * this sub as its external id and our tag of this pool, whose person has not signed in at WorkOS and has no other
 * profile in Cognito, and only while the limit allows it (docs/design.md#deletions).
 *
 * @throws RetryableError where Cognito, WorkOS or the memory gives no answer: nothing was deleted, or the deletion's
 *   answer was lost.
 */
export type DeleteGone = (
  gone: GoneProfile,
  signal: AbortSignal | undefined,
) => Promise<DeletionOutcome>;

type GuardDependencies = {
  workosUsers: Pick<WorkosUsers, 'findByExternalId' | 'get' | 'delete'>;
  /** Cognito as it is now; exported files are no answer. */
  profiles: Profiles;
  locks: UserLocks;
  leases: Leases;
  memory: Pick<MirrorMemory, 'beforeDelete'>;
  limit: DeletionLimit;
  clock: () => Date;
};

/** The last look at the WorkOS user and its deletion happen under its lock and its lease. */
export function createDeleteGone(dependencies: GuardDependencies): DeleteGone {
  const { workosUsers, locks, leases } = dependencies;
  return async (gone, signal) => {
    try {
      const goneAt = dependencies.clock().toISOString();
      const found = await workosUsers.findByExternalId(gone.sub, signal);
      if (!found) return { outcome: 'skipped', reason: 'gone' };
      const refusal = await refuse(found, gone, dependencies, signal);
      if (refusal) return refusal;
      return await locks.run(found.id, locks.now(), () =>
        leases.hold(
          found.id,
          Date.now(),
          (_, held) => deleteHeld(found, { ...gone, goneAt }, dependencies, held),
          signal,
        ),
      );
    } catch (error) {
      if (error instanceof RefusedError) return { outcome: 'rejected', reason: error.code };
      throw error;
    }
  };
}

/** What speaks against the deletion; the limit is asked last, so that only what may be deleted counts. */
async function refuse(
  found: WorkosUser,
  gone: GoneProfile,
  dependencies: GuardDependencies,
  signal: AbortSignal | undefined,
): Promise<DeletionOutcome | undefined> {
  const { id: workosUserId } = found;
  const refusal = refuseDeletion(found, gone);
  if (refusal) return refusal;
  const living = await findLiving(found, gone, dependencies, signal);
  if (living === gone.sub) return { outcome: 'skipped', reason: 'in_cognito', workosUserId };
  if (living !== undefined) return { outcome: 'conflict', reason: 'primary_gone', workosUserId };
  if (await dependencies.limit.reserve(gone.sub)) return undefined;
  return { outcome: 'conflict', reason: 'deletion_held_back', workosUserId };
}

async function deleteHeld(
  { id: workosUserId, ...found }: WorkosUser,
  { goneAt, ...gone }: GoneProfile & { goneAt: string },
  { workosUsers, memory }: GuardDependencies,
  signal: AbortSignal | undefined,
): Promise<DeletionOutcome> {
  // First of all, because the process can end before the answer: an older message must not create the user again.
  await memory.beforeDelete({ sub: gone.sub, workosUserId, goneAt });
  const now = await workosUsers.get(workosUserId, signal);
  if (!now) return { outcome: 'skipped', reason: 'gone' };
  const refusal = refuseDeletion(now, gone);
  if (refusal) return refusal;
  const known = linkedSubsOf(found, gone);
  if (linkedSubsOf(now, gone).some((sub) => !known.includes(sub))) {
    throw new RetryableError('another profile was linked while a WorkOS user was to be deleted');
  }
  const result = await workosUsers.delete(workosUserId, signal);
  return result === 'deleted'
    ? { outcome: 'deleted', workosUserId }
    : { outcome: 'skipped', reason: 'gone' };
}

/**
 * The sub of the first of the person's profiles that Cognito has; undefined where it has none of them.
 *
 * @throws RetryableError when Cognito cannot be asked.
 */
async function findLiving(
  found: WorkosUser,
  gone: GoneProfile,
  { profiles }: GuardDependencies,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (profiles.asOf !== 'now')
    throw new Error('only Cognito itself can say that a profile is gone');
  const { userPoolId } = gone;
  for (const sub of [gone.sub, ...linkedSubsOf(found, gone)]) {
    if (await profiles.find({ userPoolId, sub }, signal)) return sub;
  }
  return undefined;
}

function linkedSubsOf({ metadata }: Pick<WorkosUser, 'metadata'>, { sub }: GoneProfile): string[] {
  return metadataToTags(metadata).linkedSubs.filter((linked) => linked !== sub);
}
