import { listIntoIndex } from '../bulk/list-into-index.ts';
import type { SourcePage } from '../cognito/user-source.ts';
import type { VerifyContext } from './context.ts';

export type ListingProgress = { phase: 'listing'; workosUsers: number; cognitoUsers: number };

/**
 * Lists both sides into the comparison at the same time, so that the run waits only for the longer one.
 * The first page of the pool comes first: a wrong pool ends the run before WorkOS is asked.
 *
 * @returns the latest time at which a user was observed, ISO 8601; empty for a pool without users.
 * @throws what the first listing to fail throws; the other one is aborted.
 */
export async function listBothSides(
  context: VerifyContext,
  onProgress?: (progress: ListingProgress) => void,
): Promise<string> {
  const { comparison, source, workosUsers } = context;
  const failure = new AbortController();
  const stop = AbortSignal.any([context.stop, failure.signal]);
  const abort = AbortSignal.any([context.abort, failure.signal]);
  const progress = { phase: 'listing' as const, workosUsers: 0, cognitoUsers: 0 };
  let newest = '';

  function keep(page: SourcePage): void {
    comparison.together(() => {
      for (const problem of page.problems) comparison.addProblem(problem);
      for (const user of page.users) {
        comparison.profiles.put(user);
        if (user.observedAt > newest) newest = user.observedAt;
      }
    });
    progress.cognitoUsers += page.users.length;
    onProgress?.({ ...progress });
  }

  async function listCognito(pages: AsyncIterator<SourcePage>): Promise<void> {
    for (let next = await pages.next(); !next.done; next = await pages.next()) {
      stop.throwIfAborted();
      keep(next.value);
    }
  }

  const pages = source.pages({ signal: stop })[Symbol.asyncIterator]();
  const first = await pages.next();
  if (!first.done) keep(first.value);
  const listWorkos = listIntoIndex({
    workosUsers,
    index: comparison.index,
    together: comparison.together,
    stop,
    abort,
    onPage(users) {
      progress.workosUsers = users;
      onProgress?.({ ...progress });
    },
  });
  const both = [listWorkos, listCognito(pages)].map((listing) =>
    listing.catch((error: unknown) => {
      failure.abort(error);
      throw error;
    }),
  );
  const results = await Promise.allSettled(both);
  context.stop.throwIfAborted();
  if (failure.signal.aborted) throw failure.signal.reason;
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return newest;
}
