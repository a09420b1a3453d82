import type { RoundView } from '../../../src/full-round/types.ts';
import {
  createProgress,
  type ProgressDisplay,
  type ProgressState,
  type ProgressStream,
} from '../../shared/progress.ts';
import { createRateMeter, timeLeft } from '../../shared/time-left.ts';

/** The progress of a seed in AWS. */
export type RoundDisplay = Pick<ProgressDisplay, 'notice' | 'end'> & {
  show(view: RoundView): void;
};

/** @param users about how many the pool has; undefined where that is not known. */
export function createRoundDisplay(
  stream: ProgressStream,
  users: number | undefined,
): RoundDisplay {
  const { show, notice, end } = createProgress(stream);
  let usersPerSecond: ReturnType<typeof createRateMeter> | undefined;
  let mostWaiting = 0;
  return {
    notice,
    end,
    show(view) {
      const details = [
        `${view.published} published`,
        `${view.waiting} waiting in the queue`,
        `${view.problems} unreadable`,
      ];
      const failures = `${view.newDeadLetters} dead-lettered`;
      switch (view.phase) {
        case 'requested':
          return show({
            phase: view.phase,
            done: view.listed,
            unit: 'users listed',
            failures,
            details: ['waiting for the patrol to begin', ...details],
          });
        case 'publishing': {
          // Measured from the first look: what the round did before it says little of now.
          usersPerSecond ??= createRateMeter(view.listed);
          const pace = toPace(usersPerSecond(view.listed), users, view.listed);
          return show({ ...toListed(view, users), failures, details: [...pace, ...details] });
        }
        case 'draining': {
          mostWaiting = Math.max(mostWaiting, view.waiting);
          const done = mostWaiting - view.waiting;
          return show({
            phase: view.phase,
            done,
            total: mostWaiting,
            unit: 'last messages mirrored',
            failures,
          });
        }
      }
    },
  };
}

function toListed(view: RoundView, users: number | undefined): ProgressState {
  return { phase: view.phase, done: view.listed, total: users, unit: 'users listed' };
}

/** The consumer's share of WorkOS's limits decides about it: the patrol publishes as fast as the queue drains. */
function toPace(
  perSecond: number | undefined,
  users: number | undefined,
  listed: number,
): string[] {
  if (perSecond === undefined) return [];
  const left = users === undefined ? undefined : Math.max(0, users - listed);
  const time = left === undefined ? undefined : timeLeft([{ left, perSecond }]);
  return [...(time === undefined ? [] : [time]), `${perSecond.toFixed(1)} users/s`];
}
