import type { VerifyProgress } from '../../src/verify/verify.ts';
import { createProgress, type ProgressDisplay, type ProgressStream } from '../shared/progress.ts';
import { createRateMeter, timeLeft } from '../shared/time-left.ts';

export type VerifyDisplay = Omit<ProgressDisplay, 'show'> & {
  progress(progress: VerifyProgress | { phase: 'mfa'; users: number }): void;
};

/** @param estimate of Cognito users, if there is one. */
export function createVerifyDisplay(
  stream: ProgressStream,
  estimate: number | undefined,
): VerifyDisplay {
  const display = createProgress(stream);
  const listedPerSecond = createRateMeter(0);
  return {
    ...display,
    progress(progress) {
      const { phase } = progress;
      switch (progress.phase) {
        case 'listing': {
          const done = progress.cognitoUsers;
          const perSecond = listedPerSecond(done);
          const left =
            estimate === undefined ? undefined : timeLeft([{ left: estimate - done, perSecond }]);
          return display.show({
            phase,
            done,
            total: estimate,
            unit: 'Cognito users listed',
            details: [
              ...(left === undefined ? [] : [left]),
              `${progress.workosUsers} WorkOS users listed`,
            ],
          });
        }
        case 'comparing':
          return display.show({
            phase,
            done: progress.users,
            unit: 'users compared',
            failures: `${progress.differing} differ so far`,
          });
        case 'fixing': {
          const { users: done, of: total } = progress;
          return display.show({ phase, done, total, unit: 'users mirrored' });
        }
        case 'deleting': {
          const { users: done, of: total } = progress;
          return display.show({ phase, done, total, unit: 'extra users looked at' });
        }
        case 'mfa':
          return display.show({ phase, done: progress.users, unit: 'users asked about MFA' });
      }
    },
  };
}
