import type { NamedCheck } from '../check.ts';
import type { StatusFacts } from '../facts.ts';
import { toLastFigures } from '../run-figures.ts';
import { migrationStep } from './migration-step.ts';
import { repairStep } from './repair-step.ts';
import type { CommandTarget, NextStep } from './types.ts';

/**
 * The step of docs/runbook.md that is next, from what is known: first what is broken is repaired, then the migration goes
 * on where it is.
 *
 * @param checks those of src/status/judge.ts.
 */
export function toNextStep(
  facts: StatusFacts,
  checks: readonly NamedCheck[],
  target: CommandTarget,
): NextStep {
  const migration = migrationStep({
    facts,
    figures: toLastFigures(facts),
    stateOf: (name) => checks.find((each) => each.name === name)?.state,
    target,
  });
  for (const check of checks) {
    const repair = check.state === 'bad' ? repairStep(check, facts, target) : undefined;
    if (repair) return { phase: migration.phase, ...repair };
  }
  return migration;
}
