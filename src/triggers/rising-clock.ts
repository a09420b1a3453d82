/**
 * A clock that never returns the same millisecond twice, so that two observations of one process always
 * have an order.
 *
 * @param now milliseconds since the epoch; default: the system's clock.
 */
export function createRisingClock(now: () => number = Date.now): () => Date {
  let last = 0;
  return () => {
    last = Math.max(now(), last + 1);
    return new Date(last);
  };
}
