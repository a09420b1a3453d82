import type { SurveyProgress } from '../../src/oauth-clients/survey.ts';
import { createProgress, type ProgressDisplay } from '../shared/progress.ts';
import { createRateMeter, timeLeft } from '../shared/time-left.ts';

export type OauthClientsDisplay = Omit<ProgressDisplay, 'show'> & {
  progress(progress: SurveyProgress): void;
};

/** @param estimate of Cognito users, if there is one. */
export function createOauthClientsDisplay(
  stream: NodeJS.WriteStream,
  estimate: number | undefined,
): OauthClientsDisplay {
  const display = createProgress(stream);
  const usersPerSecond = createRateMeter(0);
  return {
    ...display,
    progress(progress) {
      const { phase } = progress;
      if (progress.phase === 'listing') {
        return display.show({ phase, done: progress.workosUsers, unit: 'WorkOS users listed' });
      }
      const { read: done, looked } = progress;
      const perSecond = usersPerSecond(done);
      const left =
        estimate === undefined ? undefined : timeLeft([{ left: estimate - done, perSecond }]);
      display.show({
        phase,
        done,
        total: estimate,
        unit: 'users',
        details: [
          ...(left === undefined ? [] : [left]),
          ...(looked === undefined ? [] : [`${looked} compared with WorkOS`]),
        ],
      });
    },
  };
}
