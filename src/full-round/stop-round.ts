import { callAws } from '../patrol/aws-call.ts';
import { type PatrolTable, requestStop } from '../patrol/patrol-state.ts';
import { isHeld } from './begin-round.ts';
import type { Executions } from './executions.ts';
import type { BegunRound, LookAtRound } from './types.ts';

/**
 * Asks the patrol to end the full round that is under way. Where no worker is at it, one is started, which ends it.
 *
 * @returns the round, to be watched to its end; undefined where none is under way.
 */
export async function stopRound(dependencies: {
  look: LookAtRound;
  executions: Executions;
  /** AWS's time. */
  clock: () => Date;
  table: PatrolTable;
}): Promise<BegunRound | undefined> {
  const { look, executions, clock, table } = dependencies;
  const before = await look();
  const { full } = before.state;
  if (!full) return undefined;
  await callAws('dynamodb:UpdateItem', table.table, () => requestStop(table, full.round));
  const isAtWork = isHeld(before.state, clock());
  // Not one that asks for a round: if this one has ended meanwhile, it would begin another.
  const execution = isAtWork ? undefined : await executions.start('carry_on');
  return { round: full.round, execution, how: isAtWork ? 'attached' : 'resumed', before };
}
