import type { WorkosUserPage } from '../workos/users.ts';
import type { RateLimitedUsers } from './rate-limited-users.ts';

export type WorkosListing = {
  workosUsers: Pick<RateLimitedUsers, 'list'>;
  /** Fires when no further page should be requested. */
  stop: AbortSignal;
  /** Fires when the request in flight should be aborted, too. */
  abort: AbortSignal;
};

/**
 * The only listing of all WorkOS users: a hundred a request, oldest first.
 *
 * @throws the reason of `stop`; RetryableError or WorkosUnavailableError when WorkOS cannot be listed.
 */
export async function* workosPages(listing: WorkosListing): AsyncGenerator<WorkosUserPage> {
  const { workosUsers, stop, abort } = listing;
  let after: string | undefined;
  do {
    stop.throwIfAborted();
    const page = await workosUsers.list(after, abort);
    yield page;
    after = page.after;
  } while (after !== undefined);
}
