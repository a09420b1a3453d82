/**
 * The time as a server says it is. The clock of a laptop may be hours off, and what it stamps decides
 * later which of two observations is the newer one.
 */
export type ServerClock = {
  /** This machine's time until the first answer has come. At most about a second behind the server's. */
  now(): Date;
  /** How far this machine's clock is ahead of the server's, in milliseconds; 0 where it is about right. */
  aheadMs(): number;
  /** @param date the `Date` header of an answer that has just come (RFC 9110, 6.6.1). */
  note(date: string | null | undefined): void;
};

/** The header has whole seconds: a time that is further off was not rounded. */
const ROUNDED_MS = 2_000;

export function createServerClock(
  machine = { wall: () => Date.now(), elapsed: () => performance.now() },
): ServerClock {
  let offset: number | undefined;
  const now = () => (offset === undefined ? machine.wall() : machine.elapsed() + offset);
  return {
    now: () => new Date(now()),
    aheadMs() {
      const ahead = machine.wall() - now();
      return ahead > ROUNDED_MS ? ahead : 0;
    },
    note(date) {
      const said = Date.parse(date ?? '');
      if (Number.isNaN(said)) return;
      const behind = offset === undefined ? Number.POSITIVE_INFINITY : said - now();
      // The header is cut off, so the latest of all answers is the closest.
      if (behind > 0 || behind < -ROUNDED_MS) offset = said - machine.elapsed();
    },
  };
}
