import PQueue from 'p-queue';

/**
 * A queue that starts its tasks at an even rate.
 *
 * @param perSecond how many tasks start a second.
 * @param burst how many of them may start together. Default: as many as fall into 100 ms, at least one.
 */
export function createRateLimiter(perSecond: number, burst = tasksWithin(perSecond, 100)): PQueue {
  return new PQueue({ intervalCap: burst, interval: (burst * 1000) / perSecond });
}

function tasksWithin(perSecond: number, milliseconds: number): number {
  return Math.max(1, Math.floor((perSecond * milliseconds) / 1000));
}
