import PQueue from 'p-queue';
import type { Comparison } from './comparison.ts';

/** At one or two reads each, so many rechecks cost no more than another listing of WorkOS would. */
const SHARE_RECHECKED = 0.01;
const ALWAYS_RECHECKED = 100;
const AT_A_TIME = 8;

/** How many users may be rechecked one by one: more findings than this did not change during the listing. */
export function recheckLimit(comparison: Pick<Comparison, 'checked'>): number {
  return Math.max(ALWAYS_RECHECKED, SHARE_RECHECKED * comparison.checked());
}

/** Works on all items, eight at a time. @throws the reason of `stop`; what `work` throws. */
export async function forEachItem<T>(
  items: readonly T[],
  stop: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = new PQueue({ concurrency: AT_A_TIME });
  stop.throwIfAborted();
  await queue.addAll(
    items.map((item) => async () => {
      stop.throwIfAborted();
      await work(item);
    }),
  );
}
