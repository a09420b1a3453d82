import { duration } from './text.ts';

/** One of the limits that a run waits for: so much is left to do, so much is done a second. */
export type WorkLimit = { left: number; perSecond: number | undefined };

/** How much of the past counts for the speed of now. */
const WINDOW_MS = 30_000;
const SAMPLE_INTERVAL_MS = 500;

/**
 * Measures how many a second are done, over the last half minute: what a run did at its beginning says
 * little of what is left.
 *
 * @returns a function from the count so far to the speed; undefined until there is one.
 */
export function createRateMeter(
  start: number,
  clock: () => number = Date.now,
): (count: number) => number | undefined {
  const samples = [{ at: clock(), count: start }];
  return (count) => {
    const now = clock();
    const last = samples.at(-1);
    if (last && now - last.at >= SAMPLE_INTERVAL_MS) samples.push({ at: now, count });
    while (samples.length > 1 && now - (samples[0]?.at ?? now) > WINDOW_MS) samples.shift();
    const [oldest] = samples;
    if (!oldest || now <= oldest.at || count <= oldest.count) return undefined;
    return ((count - oldest.count) * 1000) / (now - oldest.at);
  };
}

/** "3 min left", by the slowest of the limits; undefined where nothing is known of one that has work left. */
export function timeLeft(limits: readonly WorkLimit[]): string | undefined {
  let slowest = 0;
  for (const { left, perSecond } of limits) {
    if (left <= 0) continue;
    if (perSecond === undefined || perSecond <= 0) return undefined;
    slowest = Math.max(slowest, left / perSecond);
  }
  return `${duration(slowest)} left`;
}
