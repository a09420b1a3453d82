import type { SeedProgress } from '../../src/seed/seed.ts';
import type { SeedSummary } from '../../src/seed/summary.ts';
import {
  createProgress,
  type ProgressDisplay,
  type ProgressState,
  type ProgressStream,
} from '../shared/progress.ts';
import { createRateMeter, timeLeft } from '../shared/time-left.ts';
import type { SeedReport } from './seed-options.ts';

export type SeedDisplay = Omit<ProgressDisplay, 'show'> & {
  progress(progress: SeedProgress): void;
};

/** WorkOS's writes a second (docs/facts.md#workos-rate-limits). */
const WRITE_LIMIT = 50;

/** @param start what the run begins with: `before` is the result of its earlier parts. */
export function createSeedDisplay(
  stream: ProgressStream,
  start: {
    /** Writes a second. */
    rate: number;
    before: SeedSummary;
    resumed: boolean;
    /** Of Cognito users. */
    estimate: number | undefined;
    requests: SeedReport['requests'];
  },
): SeedDisplay {
  const display = createProgress(stream);
  const { before } = start;
  const counts = {
    done: before.read,
    created: before.created,
    updated: before.updated + before.linked,
    skipped: Object.values(before.skipped).reduce((sum, count) => sum + count, 0),
    failed: before.failed,
  };
  const toState = createToState(start, counts);
  if (start.resumed) {
    display.notice(
      `Resuming a run that had finished ${before.read} users: they are not mirrored again. For what has changed since then, run the same command once more afterwards.`,
    );
  }
  return {
    ...display,
    progress(progress) {
      if (progress.phase === 'listing') {
        const done = progress.workosUsers;
        return display.show({ phase: 'listing', done, unit: 'WorkOS users listed' });
      }
      count(counts, progress.result.outcome);
      display.show(toState());
    },
  };
}

type SeedCounts = {
  done: number;
  created: number;
  updated: number;
  skipped: number;
  failed: number;
};

function count(counts: SeedCounts, outcome: string): void {
  counts.done++;
  if (outcome === 'created' || outcome === 'skipped' || outcome === 'failed') counts[outcome]++;
  if (outcome === 'updated' || outcome === 'linked') counts.updated++;
}

/** The figures of now. */
function createToState(
  { rate, estimate, requests }: Parameters<typeof createSeedDisplay>[1],
  counts: SeedCounts,
): () => ProgressState {
  const begun = performance.now();
  const usersPerSecond = createRateMeter(counts.done);
  return () => {
    const { done, created, updated, skipped, failed } = counts;
    const seconds = Math.max(0.001, (performance.now() - begun) / 1000);
    const perSecond = usersPerSecond(done);
    const share = Math.round((100 * requests.writes) / seconds / WRITE_LIMIT);
    const left = estimate === undefined ? undefined : Math.max(0, estimate - done);
    // Of the users so far, as many of those to come need a write: at most `rate` a second of them.
    const writesLeft = left === undefined ? 0 : (left * (created + updated)) / Math.max(1, done);
    const time =
      left === undefined
        ? undefined
        : timeLeft([
            { left, perSecond },
            { left: writesLeft, perSecond: rate },
          ]);
    return {
      phase: 'seeding',
      done,
      total: estimate,
      unit: 'users',
      failures: `${failed} failed`,
      details: [
        ...(time === undefined ? [] : [time]),
        ...(perSecond === undefined ? [] : [`${perSecond.toFixed(1)}/s`]),
        `${created} created`,
        `${updated} updated`,
        `${skipped} skipped`,
        `${share}% of the write limit`,
      ],
    };
  };
}
