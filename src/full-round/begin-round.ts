import type { PatrolState } from '../patrol/patrol-state.ts';
import type { Executions } from './executions.ts';
import type { BegunRound, LookAtRound } from './types.ts';

/** Whether a worker is at the patrol: it renews its hold every few seconds (docs/design.md#patrol). */
export function isHeld({ until }: PatrolState, now: Date): boolean {
  return until !== undefined && until > now.getTime();
}

/**
 * Starts a full round, unless one is under way: there is never a second one. One whose worker is gone gets a new
 * worker, which goes on where the last one was.
 */
export async function beginRound(dependencies: {
  look: LookAtRound;
  executions: Executions;
  /** AWS's time. */
  clock: () => Date;
}): Promise<BegunRound> {
  const { look, executions, clock } = dependencies;
  const before = await look();
  const { full } = before.state;
  if (full && isHeld(before.state, clock())) {
    return { round: full.round, execution: undefined, how: 'attached', before };
  }
  const execution = await executions.start('full_round');
  return { round: full?.round, execution, how: full ? 'resumed' : 'started', before };
}
