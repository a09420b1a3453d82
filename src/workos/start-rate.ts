import PQueue from 'p-queue';

/** A little below the limit: timers are not exact, and a refused request costs its event a turn. */
const SHARE = 0.95;

/** Starts are spread over slices of about this length, so that no window of WorkOS sees a burst. */
const SLICE_MS = 100;

/** A queue that starts what is put into it at an even pace: so many a second, a few at a time. */
export function createRateQueue(
  perSecond: number,
  atATime = Math.max(1, Math.floor((perSecond * SLICE_MS) / 1000)),
): PQueue {
  return new PQueue({ intervalCap: atATime, interval: (atATime * 1000) / perSecond });
}

/** When a request to WorkOS may start. */
export interface StartRate {
  /** Rejects when `signal` fires first. */
  turn(kind: 'read' | 'write', signal?: AbortSignal): Promise<void>;
  /** WorkOS has refused a request as one too many. */
  slowDown(): void;
}

/** WorkOS's limits, a second (FACTS, WorkOS: 6,000 requests a minute, 500 writes in ten seconds). */
const LIMITS = { requests: 100, writes: 50 };
/** As many requests of a batch may start together: a batch has ten users, each a read and a write. */
const BATCH = 10;
/** How long a pace is kept after the last refusal. */
const PACED_MS = 60_000;

/**
 * One consumer's share of WorkOS's limits, kept to only while they are met: then every refused request
 * sends its event back to begin anew, and the reads of those events use up what the writes would need.
 *
 * @param sharers how many consumers share the limits.
 */
export function createStartRate(sharers: number, now: () => number = Date.now): StartRate {
  let paced: { requests: PQueue; writes: PQueue; until: number } | undefined;
  return {
    async turn(kind, signal) {
      if (!paced || now() > paced.until) return;
      const { requests, writes } = paced;
      const options = signal ? { signal } : {};
      if (kind === 'write') await writes.add(() => {}, options);
      await requests.add(() => {}, options);
    },
    slowDown() {
      const until = now() + PACED_MS;
      if (paced && now() <= paced.until) {
        paced.until = until;
        return;
      }
      const share = SHARE / sharers;
      const requests = createRateQueue(LIMITS.requests * share, 2 * BATCH);
      paced = { requests, writes: createRateQueue(LIMITS.writes * share, BATCH), until };
    },
  };
}
