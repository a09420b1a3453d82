import type { Update } from './decide/decision.ts';
import { KEYS } from './decide/metadata.ts';

/**
 * Lets one process at a time change what several profiles of a person write: two that read the same list
 * and each add to it would lose one addition.
 */
export interface Leases {
  /**
   * Runs `work` while no other process holds the WorkOS user. Where nobody can lend a lease, it runs all
   * the same, as fresh.
   *
   * @param since milliseconds since the epoch, before what `work` relies on was read.
   * @param work `isFresh` is false when another process has held the user since then. Its signal fires
   *   when the lease ends.
   * @throws RetryableError when another process holds it for too long.
   */
  hold<T>(
    workosUserId: string,
    since: number,
    work: (isFresh: boolean, signal: AbortSignal | undefined) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T>;
}

/** For a process that is alone. */
export const NO_LEASES: Leases = {
  hold: (_id, _since, work, signal) => work(true, signal),
};

/** What more than one profile of a person writes to. */
const SHARED = [KEYS.auth, KEYS.linkedSubs, KEYS.providers, KEYS.oauthClients];

/** Whether an update may overwrite what another profile of the person writes at the same moment. */
export function needsLease({ changes }: Update): boolean {
  const { externalId, metadata = {} } = changes;
  return externalId !== undefined || SHARED.some((key) => Object.hasOwn(metadata, key));
}
