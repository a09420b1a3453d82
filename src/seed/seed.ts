import PQueue from 'p-queue';
import type { ObservedUser } from '../cognito/observed-user.ts';
import type { SourcePage, UserSource } from '../cognito/user-source.ts';
import type { MirrorConfig } from '../config.ts';
import { decide, skipReason } from '../mirror/decide.ts';
import { configToRules, createMirror, type Mirror, type Outcome } from '../mirror/mirror.ts';
import type { MirrorRules } from '../mirror/rules.ts';
import { type ListableDirectory, RetryableError } from '../workos/user-directory.ts';
import { createIndexedDirectory, createIndexOnlyDirectory } from './indexed-directory.ts';
import { listIntoIndex } from './list-into-index.ts';
import type { Pace } from './pace.ts';
import { createPacedDirectory } from './paced-directory.ts';
import { createReread, isSameState } from './reread.ts';
import type { SeedResult, SeedState } from './state.ts';

/** A user that changes faster than this is left to its own events. */
const MAXIMUM_ROUNDS = 3;

export type SeedProgress =
  | { phase: 'listing'; workosUsers: number }
  | { phase: 'seeding'; result: SeedResult };

export type SeedDependencies = {
  source: UserSource;
  directory: ListableDirectory;
  state: SeedState;
  pace: Pace;
  config: MirrorConfig;
  /** Everything but writing. */
  dryRun: boolean;
  /** Fires when no more users should be begun. */
  stop: AbortSignal;
  /** Fires when not even those in hand should be waited for. */
  abort: AbortSignal;
  onProgress?: (progress: SeedProgress) => void;
  /** Something the owner should know that changes no outcome. Safe to print. */
  onNotice?: (notice: string) => void;
};

/**
 * Brings every user of the source into WorkOS, by the mirror's own rules (DESIGN, sections 4 and 7).
 * What became of each is in the state; a later call goes on where this one ended.
 *
 * @returns whether it came to the end of the source; false when it was stopped.
 * @throws SourceError or PaceError when it cannot go on, with what was done kept.
 */
export async function seed(dependencies: SeedDependencies): Promise<boolean> {
  const { source, state, stop, abort, dryRun, pace, onProgress } = dependencies;
  const directory = createPacedDirectory(dependencies.directory, pace);
  // Asked for before anything else, so that a wrong pool ends the run while nothing is done.
  const pages = await beginPages(source, state.position(), stop);
  const { index } = state;
  await listIntoIndex({
    directory,
    index,
    together: state.together,
    stop,
    abort,
    onPage: (workosUsers) => onProgress?.({ phase: 'listing', workosUsers }),
  });
  const mirror = createMirror({
    directory: dryRun
      ? createIndexOnlyDirectory(index)
      : createIndexedDirectory({ directory, index }),
    config: dependencies.config,
  });
  const settle = createSettle({ ...dependencies, mirror });

  const users = new PQueue({ concurrency: pace.inHand() });
  const trouble = new AbortController();
  const ended = AbortSignal.any([stop, abort, trouble.signal]);
  const inHand = new Set<string>();
  let inOrder: Promise<unknown> = Promise.resolve();
  let complete = true;
  try {
    for await (const page of pages) {
      for (const problem of page.problems) state.record(problemToResult(problem));
      const settled: Promise<void>[] = [];
      for (const user of page.users) {
        if (ended.aborted) break;
        // A listing that had to begin anew shows users again.
        if (inHand.has(user.sub) || state.isDone(user.sub)) continue;
        inHand.add(user.sub);
        users.concurrency = pace.inHand();
        if (users.size >= users.concurrency) await users.onSizeLessThan(users.concurrency);
        // What has not begun when the run ends is left to the next one.
        const begin = () => (ended.aborted ? undefined : settle(user));
        const work = users.add(async () => begin()).finally(() => inHand.delete(user.sub));
        settled.push(work.catch((error) => trouble.abort(error)));
      }
      if (ended.aborted) {
        complete = false;
        break;
      }
      const { position } = page;
      const before = inOrder;
      // A later run may go on after this page only when it and all pages before it are settled.
      inOrder = Promise.all([before, ...settled]).then(() => {
        if (position !== undefined && !ended.aborted) state.setPosition(position);
      });
    }
  } catch (error) {
    // Ctrl-C ends a request to Cognito, too; what is in hand is finished either way.
    if (!stop.aborted) trouble.abort(error);
    complete = false;
  }
  await users.onIdle();
  await inOrder;
  if (trouble.signal.aborted) throw trouble.signal.reason;
  return complete && !ended.aborted;
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

function createSettle(dependencies: SeedDependencies & { mirror: Mirror }) {
  const { state, mirror, abort, onProgress, onNotice, source, dryRun } = dependencies;
  const rules = configToRules(dependencies.config);
  const reread = dryRun
    ? async (user: ObservedUser) => user
    : createReread({
        source,
        abort,
        onFailure: (why) => onNotice?.(`Users are no longer read again around a change: ${why}`),
      });

  return async (user: ObservedUser): Promise<void> => {
    if (abort.aborted) return;
    try {
      settled(await mirrorUntilTrue(user));
    } catch (error) {
      if (abort.aborted) return;
      if (!(error instanceof RetryableError)) throw error;
      settled({ sub: user.sub, outcome: 'failed', reason: error.message });
    }
  };

  function settled(result: SeedResult): void {
    state.record(result);
    onProgress?.({ phase: 'seeding', result });
  }

  /**
   * A live event may write between our look at WorkOS and our write, and be undone by it. So Cognito
   * is asked after each change whether it was still true, and if not, the new state is mirrored.
   */
  async function mirrorUntilTrue(user: ObservedUser): Promise<SeedResult> {
    let current = wouldUpdate(user, state, rules) ? await reread(user) : user;
    let result = gone(user.sub);
    for (let round = 1; current && round <= MAXIMUM_ROUNDS; round++) {
      const outcome = await mirror(current, abort);
      // What was changed stays changed, though a later round finds nothing to do.
      if (round === 1 || outcome.outcome !== 'unchanged')
        result = outcomeToResult(user.sub, outcome);
      if (outcome.outcome !== 'updated' && outcome.outcome !== 'linked') break;
      const now = await reread(current);
      if (now && isSameState(now, current)) break;
      current = now;
    }
    return result;
  }
}

function wouldUpdate(user: ObservedUser, { index }: SeedState, rules: MirrorRules): boolean {
  if (skipReason(user) !== undefined || user.email === undefined) return false;
  const byExternalId = index.byExternalId(user.sub);
  const byEmail = index.byEmail(user.email);
  const found = { ...(byExternalId && { byExternalId }), ...(byEmail && { byEmail }) };
  return decide(user, found, rules).kind === 'update';
}

function outcomeToResult(sub: string, outcome: Outcome): SeedResult {
  if (outcome.outcome === 'rejected') return { sub, outcome: 'failed', reason: outcome.reason };
  return { sub, ...outcome };
}

/** Deleted in Cognito since the page was read. */
function gone(sub: string): SeedResult {
  return { sub, outcome: 'skipped', reason: 'deleted' };
}

function problemToResult(problem: SourcePage['problems'][number]): SeedResult {
  const reason = `${problem.where}: ${problem.reason}`;
  return { sub: problem.sub ?? problem.where, outcome: 'failed', reason };
}
