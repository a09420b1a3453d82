/** A clock that only goes on differs by less. */
const CLOCK_WAS_SET_MS = 2_000;

/**
 * Adds to an answer the time before its request was sent, so that a change during it counts as newer. The first
 * answer of all may set the clock: then the time is counted back from there.
 */
export function observed<T>(clock: () => Date, send: (signal: AbortSignal) => Promise<T>) {
  return async (signal: AbortSignal): Promise<{ observedAt: Date; answer: T }> => {
    const before = clock();
    const begun = performance.now();
    const answer = await send(signal);
    const countedBack = clock().getTime() - (performance.now() - begun);
    const isSet = Math.abs(countedBack - before.getTime()) > CLOCK_WAS_SET_MS;
    return { observedAt: isSet ? new Date(countedBack) : before, answer };
  };
}
