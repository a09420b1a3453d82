import type { IsKnownSub } from '../ledger/known-subs.ts';
import type { Profiles } from '../user/profiles.ts';
import type { PoolChange } from './change-event.ts';
import type { Observation, PublishChange } from './publish-change.ts';

/** What became of a change: `unknown_sub` is most likely another pool's user. */
export type ObservedChange =
  | { kind: 'published'; what: Observation['kind'] }
  | { kind: 'unknown_sub' };

/**
 * Reads the user of a change again and publishes it as it is now; a user that the pool does not have, as gone
 * (docs/design.md#pool-changes).
 *
 * A call with the user's own token names no pool. If our pool does not have its sub, and the ledger was asked and
 * has no entry either, it is another pool's user. A deletion is published all the same, because users of a seed
 * without a ledger have no entry: the consumer asks before it does anything.
 *
 * @param dependencies.isKnownSub undefined where there is no ledger.
 * @returns a function that rejects where Cognito cannot be asked or SQS does not accept the message.
 */
export function createChangeObserver(dependencies: {
  userPoolId: string;
  profiles: Pick<Profiles, 'find'>;
  isKnownSub: IsKnownSub | undefined;
  publish: PublishChange;
  clock: () => Date;
}): (change: PoolChange, signal: AbortSignal) => Promise<ObservedChange> {
  const { userPoolId, profiles, isKnownSub, publish, clock } = dependencies;

  return async (change, signal) => {
    const { sub, eventId } = change;
    // Before the request, so that a user who is made during it counts as newer.
    const askedAt = clock();
    const user = await profiles.find({ userPoolId, sub }, signal);
    if (user) {
      await publish({ kind: 'user', user }, eventId);
      return { kind: 'published', what: 'user' };
    }
    if (await isAnotherPools(change)) return { kind: 'unknown_sub' };
    const gone = { userPoolId, sub, observedAt: askedAt.toISOString() };
    await publish({ kind: 'gone', gone }, eventId);
    return { kind: 'published', what: 'gone' };
  };

  async function isAnotherPools({ sub, isOurs, isDeletion }: PoolChange): Promise<boolean> {
    if (isOurs === 'yes' || isDeletion || !isKnownSub) return false;
    return (await isKnownSub(sub)) === 'unknown';
  }
}
