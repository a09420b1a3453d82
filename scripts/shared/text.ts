/** Control and invisible characters: names and ids may hold some that write over the terminal. */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Text from outside, such as a user's name or a provider's id, made safe for one line on a terminal. */
export function toTerminalText(text: string): string {
  return text.toWellFormed().replace(UNSEEN, '?');
}

/** A value as one line of JSON that any terminal can show; parsed, it is the same value. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value).replace(UNSEEN, (char) =>
    [...Array(char.length).keys()]
      .map((i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** "40 s", "3 min", "1.5 h". */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}

/** Seconds since `started` (of `performance.now()`), to a tenth. */
export function secondsSince(started: number): number {
  return Math.round((performance.now() - started) / 100) / 10;
}

/** "1 user", "2 users". */
export function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** A line of a command's summary: what is counted, and how many there are. */
export type SummaryRow = readonly [label: string, count: number];

const LABEL_WIDTH = 24;

/** Rows with their counts below each other. */
export function rowsToLines(rows: readonly SummaryRow[]): string[] {
  const width = Math.max(LABEL_WIDTH, ...rows.map(([label]) => label.length + 2));
  return rows.map(([label, count]) => `  ${label.padEnd(width)}${String(count).padStart(9)}`);
}

/** "12 reads, 3 writes, 0 refused as too many": what a run has asked of WorkOS. */
export function requestsToText(requests: {
  reads: number;
  writes: number;
  rateLimited: number;
}): string {
  const { reads, writes, rateLimited } = requests;
  return `${reads} reads, ${writes} writes, ${rateLimited} refused as too many`;
}
