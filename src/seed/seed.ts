import { type BulkMirror, createBulkMirror } from '../bulk/bulk-mirror.ts';
import type { BulkResult } from '../bulk/bulk-result.ts';
import { listIntoIndex } from '../bulk/list-into-index.ts';
import { createRateLimitedUsers } from '../bulk/rate-limited-users.ts';
import type { RequestScheduler } from '../bulk/request-scheduler.ts';
import { NotListedYetError } from '../bulk/source-profiles.ts';
import { countTakeOvers, takenOver } from '../bulk/take-overs.ts';
import { createWorkers, type Workers } from '../bulk/workers.ts';
import type { SourcePage, UserSource } from '../cognito/user-source.ts';
import type { MirrorConfig } from '../config/mirror.ts';
import { type BulkLedger, withoutBulkLedger } from '../ledger/bulk-ledger.ts';
import { configToRules } from '../mirror/mirror.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { ListableWorkosUsers } from '../workos/users.ts';
import type { SeedState } from './state.ts';
import { waitsForOthers } from './waits-for-others.ts';

export type SeedProgress =
  | { phase: 'listing'; workosUsers: number }
  | { phase: 'seeding'; result: BulkResult };

type SeedDependencies = {
  source: UserSource;
  workosUsers: ListableWorkosUsers;
  state: SeedState;
  scheduler: RequestScheduler;
  config: MirrorConfig;
  /** Default: none. */
  ledger?: BulkLedger;
  /** Everything but writing. */
  dryRun: boolean;
  /** The state keeps what is written of each user, field by field. Default false. */
  keepDifferences?: boolean;
  /**
   * Asked before the first of so many WorkOS users whose email is not verified is taken over. Default: yes.
   *
   * @throws what ends the run; a later one asks again.
   */
  confirmTakeOvers?: (count: number) => Promise<void>;
  /** Fires when no more users should be begun. */
  stop: AbortSignal;
  /** Fires when requests in flight should be aborted. */
  abort: AbortSignal;
  onProgress?: (progress: SeedProgress) => void;
  /** Something the owner should know that changes no outcome. Safe to print. */
  onNotice?: (notice: string) => void;
};

type SeedRun = SeedDependencies & { ledger: BulkLedger };

/**
 * Brings every user of the source into WorkOS, by the mirror's own rules. What became of each is in the
 * state; a later call goes on where this one ended.
 *
 * Users that have their own WorkOS user, or none at all, are mirrored as they are listed. Those whose
 * address or links depend on other profiles wait until all are listed, so that users who have moved to
 * another address have made room. So do those that take over a WorkOS user whose email is not verified: by then
 * it is known how many there are.
 *
 * @returns whether it came to the end of the source; false when it was stopped.
 * @throws SourceError or WorkosUnavailableError when it cannot go on, with what was done kept.
 */
export async function seed({
  ledger = withoutBulkLedger(),
  ...options
}: SeedDependencies): Promise<boolean> {
  const dependencies = { ...options, ledger };
  const { source, state, stop, abort, scheduler, onProgress } = dependencies;
  const workosUsers = createRateLimitedUsers(dependencies.workosUsers, scheduler);
  // Asked for before anything else, so that a wrong pool ends the run while nothing is done.
  const pages = await beginPages(source, state.position(), stop);
  await listIntoIndex({
    workosUsers,
    index: state.index,
    together: state.together,
    stop,
    abort,
    onPage: (workosUsers) => onProgress?.({ phase: 'listing', workosUsers }),
  });
  const { index, profiles, isListed } = state;
  const bulkMirror = createBulkMirror({ ...dependencies, workosUsers, index, profiles, isListed });
  const settle = createSettle(bulkMirror, dependencies);
  const workers = createWorkers({ settle, scheduler, stop: AbortSignal.any([stop, abort]) });
  await seedPages(pages, dependencies, workers);
  if (workers.isRunning()) {
    state.setListed();
    await confirmTakeOvers(dependencies);
    await seedDeferred(dependencies, workers);
  }
  try {
    return await workers.end();
  } finally {
    await ledger.end();
  }
}

/** The listing, page by page. A later run may go on after a page once it and all before it are settled. */
async function seedPages(
  pages: AsyncIterable<SourcePage>,
  { state, ledger, config, stop }: SeedRun,
  workers: Workers,
): Promise<void> {
  if (state.isListed()) return;
  const rules = configToRules(config);
  let inOrder: Promise<unknown> = Promise.resolve();
  try {
    for await (const page of pages) {
      state.together(() => {
        for (const problem of page.problems) state.record(problemToResult(problem));
        for (const user of page.users) state.profiles.put(user);
      });
      await ledger.prepare(page.users.map(({ sub }) => sub));
      const settled: Promise<void>[] = [];
      for (const user of page.users) {
        if (!workers.isRunning()) break;
        // A listing that had to begin anew shows users again.
        if (state.isDone(user.sub)) continue;
        const waits =
          waitsForOthers(user, state.index) || takenOver(user, state.index, rules) !== undefined;
        if (waits) state.defer(user.sub);
        else settled.push((await workers.begin(user)).settled);
      }
      if (!workers.isRunning()) break;
      const { position } = page;
      const before = inOrder;
      inOrder = Promise.all([before, ...settled]).then(() => {
        if (position !== undefined && workers.isRunning()) state.setPosition(position);
      });
    }
  } catch (error) {
    // Ctrl-C ends a request to Cognito, too; users already begun are finished either way.
    workers.fail(stop.aborted ? stop.reason : error);
  }
  await workers.idle();
  await inOrder;
}

async function confirmTakeOvers({ state, config, ...run }: SeedRun): Promise<void> {
  if (!run.confirmTakeOvers) return;
  const waiting = function* () {
    for (const subs of state.deferredPages()) {
      yield subs.flatMap((sub) => (state.isDone(sub) ? [] : (state.profiles.get(sub) ?? [])));
    }
  };
  await run.confirmTakeOvers(countTakeOvers(waiting(), state.index, configToRules(config)));
}

/** As they are now: the listing may be hours old. */
async function seedDeferred({ state, ledger }: SeedRun, workers: Workers): Promise<void> {
  for (const subs of state.deferredPages()) {
    await ledger.prepare(subs);
    for (const sub of subs) {
      const user = state.profiles.get(sub);
      if (!workers.isRunning()) return;
      if (user && !state.isDone(sub)) await workers.begin(user);
    }
    await workers.idle();
  }
}

/** The pages of the source, the first of which is already here. */
async function beginPages(source: UserSource, after: string | undefined, signal: AbortSignal) {
  const iterator = source.pages({ signal, ...(after !== undefined && { after }) });
  const pages = iterator[Symbol.asyncIterator]();
  const first = await pages.next();
  return (async function* (): AsyncGenerator<SourcePage> {
    for (let next = first; !next.done; next = await pages.next()) yield next.value;
  })();
}

/** One user, from the look at both sides to the noted result. */
function createSettle({ mirror }: BulkMirror, { state, abort, onProgress }: SeedRun) {
  return async (user: ObservedUser): Promise<void> => {
    if (abort.aborted) return;
    try {
      const result = await mirror(user);
      state.record(result);
      onProgress?.({ phase: 'seeding', result });
    } catch (error) {
      if (abort.aborted) return;
      if (!(error instanceof NotListedYetError)) throw error;
      state.defer(user.sub);
    }
  };
}

function problemToResult(problem: SourcePage['problems'][number]): BulkResult {
  const reason = `${problem.where}: ${problem.reason}`;
  return { sub: problem.sub ?? problem.where, outcome: 'failed', reason };
}
