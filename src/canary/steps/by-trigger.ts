import type { Trigger } from '../../config/pool-triggers.ts';
import type { CanaryPoolFacts } from '../pool-facts.ts';
import { notProved, type StepOutcome } from './step-outcome.ts';

/**
 * What has arrived is proved only where the pool calls the sync at `trigger`: without it, a pool change or the patrol
 * brings the user all the same, and later.
 */
export function byTrigger(
  { attached }: Pick<CanaryPoolFacts, 'attached'>,
  trigger: Trigger,
  outcome: StepOutcome,
): StepOutcome {
  if (attached.includes(trigger)) return outcome;
  return notProved(
    `it is in WorkOS, but the trigger ${trigger} of the pool does not call the sync: a pool change or the patrol has brought it (npx cws triggers)`,
    outcome.seconds,
  );
}
