import { backfillStep } from './backfill-step.ts';
import { cutoverStep } from './cutover-step.ts';
import type { Situation } from './situation.ts';
import type { NextStep } from './types.ts';
import { verifyStep } from './verify-step.ts';

/** Where the migration is, whatever is broken at the moment. */
export function migrationStep(situation: Situation): NextStep {
  return (
    unknownStep(situation) ??
    backfillStep(situation) ??
    verifyStep(situation) ??
    unsureStep(situation) ??
    cutoverStep(situation)
  );
}

/** No cutover, and no removal, on a live path that may be broken. */
function unsureStep({ stateOf }: Situation): NextStep | undefined {
  const unknown = LIVE_PATH.filter((name) => stateOf(name) === 'unknown');
  if (unknown.length === 0) return undefined;
  const names = unknown.map((name) => name.replace('_', ' ')).join(', ');
  return {
    step: 'find_out',
    phase: 4,
    title: 'Have the rest shown',
    why: `Whether the dual run is well has to be known before the cutover, and this is unknown: ${names}.`,
    guide: 'commands/status.md#permissions',
  };
}

const LIVE_PATH = ['triggers', 'queue', 'lag', 'dead_letters', 'alarms', 'patrol'] as const;

/** Which step is next rests on what the commands have left in the ledger's table. */
function unknownStep({ figures, facts }: Situation): NextStep | undefined {
  const { seed, verify, resets } = figures;
  const unread = [verify, seed, resets].find((each) => each.kind === 'unknown');
  const noStack = !facts.stack.known ? facts.stack.why : undefined;
  const why = unread?.kind === 'unknown' ? unread.why : noStack;
  if (why === undefined) return undefined;
  return {
    step: 'find_out',
    phase: 2,
    title: 'Have the rest shown',
    why: `How far the migration is cannot be told: ${why}.`,
    guide: 'commands/status.md#permissions',
  };
}
