import { OperatorError } from '../operator-error.ts';
import { scheduleToHours } from './schedule-hours.ts';
import { settingProblem } from './setting-rules.ts';

/** An alarm about a missing round or run would be raised between two of them; the message says what to write. */
export class EarlyAlarmError extends OperatorError {
  override name = 'EarlyAlarmError';
}

/** CloudWatch looks back seven days at most, in hours (API reference, PutMetricAlarm). */
const LONGEST = 168;
/** `canaryAlarmMinutes` is a day at most. */
const LONGEST_CANARY = 1_440;

/**
 * A schedule that starts rounds less often than the alarm expects one would raise it again and again. Of a `cron(…)`
 * it is not known how often that is.
 *
 * @param settings those that the deployment will have; `patrolAlarmHours` in hours.
 * @throws EarlyAlarmError
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
  throw new EarlyAlarmError(
    `patrol is ${patrol} and patrolAlarmHours is ${patrolAlarmHours}: the alarm patrol-silent would be raised between two rounds. For this schedule ${todo}`,
  );
}

/** The same of the canary: its alarm `canary-silent` looks back `canaryAlarmMinutes`, a day at most. */
export function refuseEarlyCanaryAlarm(settings: {
  canary: string;
  canaryAlarmMinutes: string;
}): void {
  const { canary, canaryAlarmMinutes } = settings;
  const every = scheduleToHours(canary);
  if (every === undefined || Number(canaryAlarmMinutes) / 60 > every) return;
  const minutes = Math.min(Math.round(every * 120), LONGEST_CANARY);
  const todo =
    minutes / 60 > every
      ? `Write canaryAlarmMinutes: ${minutes} (at most ${LONGEST_CANARY}), or have it run more often`
      : 'Have it run more often than once a day';
  throw new EarlyAlarmError(
    `canary is ${canary} and canaryAlarmMinutes is ${canaryAlarmMinutes}: the alarm canary-silent would be raised between two runs. ${todo}`,
  );
}
