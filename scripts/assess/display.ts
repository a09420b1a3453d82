import type { AssessProgress } from '../../src/assess/assess.ts';
import { createProgress, type ProgressDisplay, type ProgressStream } from '../shared/progress.ts';
import { createRateMeter, timeLeft } from '../shared/time-left.ts';

export type AssessDisplay = Omit<ProgressDisplay, 'show'> & {
  progress(progress: AssessProgress): void;
};

/** Of fewer users the speed says nothing. */
const FIRST_ESTIMATE = 1_000;

/** @param estimate of Cognito users, if there is one. */
export function createAssessDisplay(
  stream: ProgressStream,
  estimate: number | undefined,
): AssessDisplay {
  const display = createProgress(stream);
  const usersPerSecond = createRateMeter(0);
  let forecast = 0;
  return {
    ...display,
    progress(progress) {
      switch (progress.phase) {
        case 'listing':
          return display.show({
            phase: progress.phase,
            done: progress.workosUsers,
            unit: 'WorkOS users listed',
          });
        case 'seeding': {
          forecast += 1;
          const perSecond = usersPerSecond(forecast);
          const left =
            estimate === undefined || forecast < FIRST_ESTIMATE
              ? undefined
              : timeLeft([{ left: estimate - forecast, perSecond }]);
          return display.show({
            phase: progress.phase,
            done: forecast,
            total: estimate,
            unit: 'users forecast',
            details: left === undefined ? [] : [left],
          });
        }
        case 'comparing':
          return display.show({
            phase: progress.phase,
            done: progress.users,
            total: forecast,
            unit: 'users counted',
          });
        case 'mfa':
          return display.show({
            phase: progress.phase,
            done: progress.users,
            unit: 'users asked about MFA',
          });
      }
    },
  };
}
