import { OperatorError } from '../operator-error.ts';
import { scheduleToHours } from './schedule-hours.ts';
import { settingProblem } from './setting-rules.ts';

/** The alarm `patrol-silent` would be raised between two rounds; the message says what to write. */
export class EarlyPatrolAlarmError extends OperatorError {
  override name = 'EarlyPatrolAlarmError';
}

/** CloudWatch looks back seven days at most, in hours (API reference, PutMetricAlarm). */
const LONGEST = 168;

/**
 * A schedule that starts rounds less often than the alarm expects one would raise it again and again. Of a `cron(…)`
 * it is not known how often that is.
 *
 * @param settings those that the deployment will have; `patrolAlarmHours` in hours.
 * @throws EarlyPatrolAlarmError
 */
export function refuseEarlyPatrolAlarm(settings: {
  patrol: string;
  patrolAlarmHours: string;
}): void {
  const { patrol, patrolAlarmHours } = settings;
  const every = scheduleToHours(patrol);
  if (every === undefined || Number(patrolAlarmHours) > every) return;
  const least = Math.floor(every) + 1;
  const todo =
    settingProblem('patrolAlarmHours', String(least)) === undefined
      ? `write patrolAlarmHours: ${least} or more`
      : `have a round more often than every ${LONGEST} hours, or patrol: off`;
  throw new EarlyPatrolAlarmError(
    `patrol is ${patrol} and patrolAlarmHours is ${patrolAlarmHours}: the alarm patrol-silent would be raised between two rounds. For this schedule ${todo}`,
  );
}
