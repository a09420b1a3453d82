import type { RateLimitedUsers } from './rate-limited-users.ts';
import type { WorkosIndex } from './workos-index.ts';

export type ListIntoIndex = {
  workosUsers: Pick<RateLimitedUsers, 'list'>;
  index: WorkosIndex;
  /** Runs `work` as one transaction: a page is one write to the disk. */
  together<T>(work: () => T): T;
  /** Fires when no further page should be asked for. */
  stop: AbortSignal;
  /** Fires when not even the one in hand should be waited for. */
  abort: AbortSignal;
  onPage?: (workosUsers: number) => void;
};

/**
 * All of WorkOS's users, a hundred a request, into an index that is new with every run.
 *
 * @throws the reason of `stop`; RetryableError or WorkosUnavailableError when WorkOS cannot be listed.
 */
export async function listIntoIndex(dependencies: ListIntoIndex): Promise<void> {
  const { workosUsers, index, together, stop, abort, onPage } = dependencies;
  index.clear();
  let after: string | undefined;
  let listed = 0;
  do {
    stop.throwIfAborted();
    const page = await workosUsers.list(after, abort);
    together(() => {
      for (const user of page.users) index.put(user);
    });
    listed += page.users.length;
    onPage?.(listed);
    after = page.after;
  } while (after !== undefined);
}
