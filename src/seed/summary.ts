import type { SeedState } from './state.ts';

/** What the command prints; the counts add up to `read` (docs/design.md#commands). */
export type SeedSummary = {
  read: number;
  created: number;
  linked: number;
  updated: number;
  unchanged: number;
  stale: number;
  skipped: Record<string, number>;
  conflicts: number;
  failed: number;
};

/** The results of a run, those of its earlier, interrupted parts included → their counts. */
export function stateToSummary(state: Pick<SeedState, 'counts'>): SeedSummary {
  const summary: SeedSummary = {
    read: 0,
    created: 0,
    linked: 0,
    updated: 0,
    unchanged: 0,
    stale: 0,
    skipped: {},
    conflicts: 0,
    failed: 0,
  };
  for (const { outcome, reason, count } of state.counts()) {
    summary.read += count;
    if (outcome === 'skipped') summary.skipped[reason] = (summary.skipped[reason] ?? 0) + count;
    else if (outcome === 'conflict') summary.conflicts += count;
    else summary[outcome] += count;
  }
  return summary;
}
