import { SourceError } from '../cognito/user-source.ts';
import { createDeleteGone, type DeleteGone } from '../mirror/delete-gone.ts';
import { CONFIRMED_DELETIONS } from '../mirror/deletion-limit.ts';
import type { DeletionOutcome } from '../mirror/deletion-outcome.ts';
import { createUserLocks } from '../mirror/user-locks.ts';
import type { Profiles } from '../user/profiles.ts';
import { RetryableError } from '../workos/users.ts';
import type { VerifyContext } from './context.ts';
import type { ExtraFinding } from './finding.ts';
import { forEachItem } from './recheck-limit.ts';

export type DeletionProgress = { phase: 'deleting'; users: number; of: number };

type DeleteExtraDependencies = {
  context: VerifyContext;
  onProgress?: ((progress: DeletionProgress) => void) | undefined;
};

/**
 * Deletes the extra users of a comparison in WorkOS through the guard of the consumer, which asks Cognito and WorkOS
 * again about each. The day's limit does not count here: a person has confirmed the number. What becomes of each is
 * noted in the comparison, where those that are deleted are no finding any more.
 *
 * @throws WorkosUnavailableError; the reason of `stop`.
 */
export async function deleteExtra(dependencies: DeleteExtraDependencies): Promise<void> {
  const { context, onProgress } = dependencies;
  const { comparison, stop, abort, userPoolId } = context;
  const deleteGone = createGuard(context);
  const extras = [...comparison.orphans.extra()];
  let users = 0;
  await forEachItem(extras, stop, async (extra) => {
    const result = await deleteOne(extra, deleteGone, { userPoolId, abort });
    const { workosUserId } = extra;
    if (result === 'gone') comparison.orphans.remove(workosUserId);
    else comparison.orphans.noteDeletion(extra, result);
    if (result === 'gone' || result === 'deleted') comparison.index.remove(workosUserId);
    onProgress?.({ phase: 'deleting', users: ++users, of: extras.length });
  });
}

function createGuard(context: VerifyContext): DeleteGone {
  const { workosUsers, ledger, source } = context;
  return createDeleteGone({
    workosUsers,
    profiles: createLiveProfiles(context),
    locks: createUserLocks(),
    leases: ledger.leases,
    memory: ledger.memory,
    limit: CONFIRMED_DELETIONS,
    clock: source.now,
  });
}

/** @returns `deleted`, or why it was not. */
async function deleteOne(
  { externalId: sub }: ExtraFinding,
  deleteGone: DeleteGone,
  { userPoolId, abort }: Pick<VerifyContext, 'userPoolId' | 'abort'>,
): Promise<string> {
  // One that has lost its external id is tagged as ours, but nothing says whose it was.
  if (sub === '') return 'not_ours';
  try {
    return outcomeToResult(await deleteGone({ userPoolId, sub }, abort));
  } catch (error) {
    if (error instanceof RetryableError && !abort.aborted) return 'no_answer';
    throw error;
  }
}

function outcomeToResult(outcome: DeletionOutcome): string {
  return outcome.outcome === 'deleted' ? outcome.outcome : outcome.reason;
}

/**
 * Cognito's profiles, each asked for now, never from the listing. Once Cognito cannot be asked at all, nothing more is
 * asked, and so nothing more deleted.
 */
function createLiveProfiles({ source }: Pick<VerifyContext, 'source'>): Profiles {
  let failure: SourceError | undefined;
  return {
    asOf: source.asOf,
    async find({ sub }, signal) {
      const found = failure ?? (await source.find(sub, signal).catch(orSourceError));
      if (found instanceof SourceError) {
        failure = found;
        throw new RetryableError(found.message, { cause: found });
      }
      if (found === 'unknown')
        throw new RetryableError('Cognito gave no usable answer about a profile');
      return found;
    },
  };
}

function orSourceError(error: unknown): SourceError {
  if (error instanceof SourceError) return error;
  throw error;
}
