/** "26 November 2026" of an ISO 8601 time, in UTC; the text itself where it is no time. */
export function toDay(time: string): string {
  const date = new Date(time.replace(/(\.\d{3})\d*Z$/, '$1Z'));
  if (Number.isNaN(date.getTime())) return time;
  return date.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

/** "26 November 2026, 18:15 UTC". */
export function toTime(time: string): string {
  const minutes = /T(\d\d:\d\d)/.exec(time)?.[1];
  return minutes === undefined ? toDay(time) : `${toDay(time)}, ${minutes} UTC`;
}
