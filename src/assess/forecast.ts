import { type ConflictReason, isConflictReason } from '../mirror/decide/conflicts.ts';
import type { SeedState } from '../seed/state.ts';
import { stateToSummary } from '../seed/summary.ts';
import type { Comparison } from '../verify/comparison.ts';
import type { Forecast } from './facts.ts';

/**
 * What a seed without writes has come to → the forecast.
 *
 * @param after both sides as they would be after the seed, every profile judged.
 */
export function toForecast(
  state: Pick<SeedState, 'counts'>,
  { people }: Pick<Comparison, 'people'>,
): Forecast {
  const seed = stateToSummary(state);
  return {
    seed,
    conflictReasons: toReasons(state),
    writes: seed.created + seed.linked + seed.updated,
    kinds: people.kinds(),
    providers: people.providers(),
    withoutWayIn: people.withoutWayIn(),
    mails: people.mails(),
  };
}

function toReasons(state: Pick<SeedState, 'counts'>): Forecast['conflictReasons'] {
  const reasons: Partial<Record<ConflictReason, number>> = {};
  for (const { outcome, reason, count } of state.counts()) {
    if (outcome === 'conflict' && isConflictReason(reason)) reasons[reason] = count;
  }
  return reasons;
}
