const HOURS = { minute: 1 / 60, hour: 1, day: 24 };

/** The hours between two rounds of a schedule; undefined where it is no `rate(…)`. */
export function scheduleToHours(schedule: string): number | undefined {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? [];
  if (unit !== 'minute' && unit !== 'hour' && unit !== 'day') return undefined;
  return Number(count) * HOURS[unit];
}
