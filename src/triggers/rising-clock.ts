/**
 * A clock that never shows the same millisecond twice, so that the order of two observations made by
 * one process is never in doubt.
 *
 * @param now milliseconds since the epoch; default the system's clock.
 */
export function createRisingClock(now: () => number = Date.now): () => Date {
  let last = 0;
  return () => {
    last = Math.max(now(), last + 1);
    return new Date(last);
  };
}
