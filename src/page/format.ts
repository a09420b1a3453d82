const NUMBER = new Intl.NumberFormat('en-US');
const ONE_DIGIT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const MOMENT = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'long',
  timeStyle: 'short',
  timeZone: 'UTC',
});

/** `1204` → `1,204`. */
export function toCount(count: number): string {
  return NUMBER.format(count);
}

/** `1,204 users`, `1 user`; the plural is the singular with an s unless given. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${toCount(count)} ${count === 1 ? one : many}`;
}

/** `71.5 %`; never `0 %` for some nor `100 %` for not all. */
export function toShare(part: number, whole: number): string {
  if (whole <= 0) return '–';
  const percent = (part / whole) * 100;
  if (part > 0 && percent < 0.1) return '< 0.1 %';
  if (part < whole && percent > 99.9) return '> 99.9 %';
  return `${ONE_DIGIT.format(percent)} %`;
}

/** ISO 8601 → `1 January 2026 at 12:00 UTC`; what is no date comes back as it is. */
export function toMoment(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${MOMENT.format(date)} UTC`;
}

/** A map of counts as a list, the largest first, without the empty ones. */
export function toRanking(counts: Counts): { name: string; count: number }[] {
  const entries = Object.entries(counts).map(([name, count = 0]) => ({ name, count }));
  const present = entries.filter(({ count }) => count > 0);
  return present.sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1));
}

/** The sum of a map of counts. */
export function sumOf(counts: Counts): number {
  return Object.values(counts).reduce<number>((sum, count = 0) => sum + count, 0);
}

type Counts = Partial<Record<string, number>>;

/** Seconds → "40 seconds", "42 minutes", "14 hours", "6 days": for people who plan. */
export function toDuration(seconds: number): string {
  if (seconds < 90) return counted(Math.max(1, Math.ceil(seconds)), 'second');
  if (seconds < 5_400) return counted(Math.round(seconds / 60), 'minute');
  if (seconds < 172_800) return `${ONE_DIGIT.format(seconds / 3_600)} hours`;
  return `${ONE_DIGIT.format(seconds / 86_400)} days`;
}
