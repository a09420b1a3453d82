import type { Update } from './decide/decision.ts';
import { KEYS } from './decide/metadata.ts';

/**
 * Lets one process at a time change the fields that several profiles of a person write: if two processes
 * read the same list and each add to it, one addition is lost.
 */
export interface Leases {
  /**
   * Runs `work` while no other process holds the WorkOS user. Where the lease cannot be requested (no table,
   * or an outage), `work` runs without one, as fresh.
   *
   * @param since milliseconds since the epoch, before what `work` relies on was read.
   * @param work `isFresh` is false when another process has held the user since then: read it again. The
   *   signal aborts when the lease ends.
   * @throws RetryableError when another process holds it for too long.
   */
  hold<T>(
    workosUserId: string,
    since: number,
    work: (isFresh: boolean, signal: AbortSignal | undefined) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T>;
}

/** For a single process. */
export const NO_LEASES: Leases = {
  hold: (_id, _since, work, signal) => work(true, signal),
};

/** The metadata keys that several profiles of a person write. */
const SHARED = [KEYS.auth, KEYS.linkedSubs, KEYS.providers, KEYS.oauthClients];

/**
 * Whether an update could overwrite what another profile writes at the same moment: the tags of the person,
 * or all of a WorkOS user that becomes the other profile's meanwhile.
 */
export function needsLease({ changes, canChangeHands = false }: Update): boolean {
  const { externalId, passwordHash, metadata = {} } = changes;
  if (canChangeHands || externalId !== undefined || passwordHash !== undefined) return true;
  return SHARED.some((key) => Object.hasOwn(metadata, key));
}
