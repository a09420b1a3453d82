import { counted, toCount } from '../../page/format.ts';
import type { PatrolRound, PatrolState } from '../../patrol/patrol-state.ts';
import { scheduleToHours } from '../../stage/schedule-hours.ts';
import { timeBetween } from '../ago.ts';
import type { StatusCheck } from '../check.ts';
import type { StatusFacts } from '../facts.ts';
import { FUTURE_HOURS } from '../run-figures.ts';

/** Hours without a round: the default of the alarm `patrol-silent` (docs/configuration.md#deployment-parameters). */
const LEAST_SILENT_HOURS = 3;
/** Two rounds may be missed. */
const MISSED_ROUNDS = 3;

export function checkPatrol(facts: StatusFacts): StatusCheck {
  const { patrol, stack, lookedAt } = facts;
  if (!patrol.known) return { state: 'unknown', detail: patrol.why };
  const { at, value } = patrol;
  const schedule = stack.known ? stack.value?.patrol : undefined;
  const detail = [...underWay(value, facts), lastRound(value, lookedAt)].join('; ');
  if (schedule === 'off') return { state: 'ok', detail: `off; ${detail}`, at };
  const silentHours = toSilentHours(schedule);
  const since = value.last?.endedAt ?? (stack.known ? stack.value?.createdAt : undefined);
  const isRunning = value.sweep !== undefined || value.full !== undefined;
  if (since === undefined) {
    return isRunning
      ? { state: 'ok', detail, at }
      : { state: 'unknown', detail: `no round yet, and it is not known since when` };
  }
  const hours = (Date.parse(lookedAt) - Date.parse(since)) / 3_600_000;
  if (hours < -FUTURE_HOURS) {
    return { state: 'unknown', detail: `the last round has ended in the future (${since})` };
  }
  // Of a cron(…) schedule the alarm patrol-silent alone knows when a round is late.
  const isSilent = silentHours !== undefined && hours > silentHours;
  if (isSilent) return { state: 'bad', detail: `silent: ${detail}`, at };
  const problems = value.last?.problems ?? 0;
  return { state: problems > 0 ? 'look' : 'ok', detail, at };
}

/** Without a schedule that is known, the default one is expected. */
function toSilentHours(schedule: string | undefined): number | undefined {
  if (schedule === undefined) return LEAST_SILENT_HOURS;
  const every = scheduleToHours(schedule);
  return every === undefined ? undefined : Math.max(LEAST_SILENT_HOURS, MISSED_ROUNDS * every);
}

function underWay({ full, sweep, until }: PatrolState, { lookedAt, pool }: StatusFacts): string[] {
  const held = until !== undefined && until > Date.parse(lookedAt) ? '' : ', without a worker now';
  const about = pool.known ? pool.value?.users : undefined;
  const text = (what: string, { listed }: PatrolRound) => {
    const of = about === undefined ? '' : ` of about ${toCount(about)}`;
    return `${what} under way: ${toCount(listed)}${of} users listed${held}`;
  };
  return [
    ...(full ? [text('a round over everybody is', full)] : []),
    ...(sweep && !full ? [text('a round is', sweep)] : []),
  ];
}

function lastRound({ last }: PatrolState, lookedAt: string): string {
  if (!last) return 'no round has ended yet';
  const problems = last.problems > 0 ? `, ${toCount(last.problems)} not readable` : '';
  const how = last.end === 'stopped' ? 'last round, stopped,' : 'last round';
  return `${how} ${timeBetween(last.endedAt, lookedAt)} ago: ${counted(last.listed, 'user')} listed, ${toCount(last.published)} published${problems}`;
}
