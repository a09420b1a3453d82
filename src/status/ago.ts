const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long it has been from one time to a later one, both ISO 8601: "12 s", "3 min", "5 h", "2 d". */
export function timeBetween(from: string, to: string): string {
  return toSpan((Date.parse(to) - Date.parse(from)) / 1000);
}

/** Seconds → "12 s", "3 min", "5 h", "2 d"; below zero it is "0 s". */
export function toSpan(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 2 * MINUTE) return `${whole} s`;
  if (whole < 2 * HOUR) return `${Math.round(whole / MINUTE)} min`;
  if (whole < 2 * DAY) return `${Math.round(whole / HOUR)} h`;
  return `${Math.round(whole / DAY)} d`;
}
