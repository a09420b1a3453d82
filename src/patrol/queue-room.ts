import { setTimeout as delay } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { QueueDepth } from '../aws/queue-depth.ts';
import type { RoundKind } from './patrol-state.ts';

/** Messages of any source that wait or are in flight: beyond, the patrol sends nothing. */
export const QUEUE_BOUND = 200;
/**
 * Messages that no consumer has received yet: beyond, a sign-in would wait behind the patrol's users. So few that
 * a consumer gets small batches of them, and is soon free for a sign-in (npm run bench, sign-ups beside a patrol).
 */
export const VISIBLE_BOUND = 3;
/**
 * Where nothing was received for so long, no sign-in waits behind the patrol's users, but all of them for a consumer:
 * twice as many may then wait, again and again, up to the bound above. A sweep of a few users ends without a consumer.
 */
const UNRECEIVED_MS = 1_000;
/**
 * Messages that no consumer has received for so long do not count for {@link VISIBLE_BOUND}: they are most likely
 * behind a message of their group that is retried, for a week at most (docs/facts.md#sqs-fifo), and no sign-in of
 * another user waits for them.
 */
const STANDING_MS = 10_000;
/** For so long SQS may not count a message that it has accepted (API reference, GetQueueAttributes). */
const UNCOUNTED_MS = 2_000;
/** For so long one answer of GetQueueAttributes is used. */
const FRESH_MS = 50;
/** Between two looks at a full queue. */
const LOOK_AGAIN_MS = 55;

/** Sees to it that the patrol's messages never fill the queue (docs/design.md#patrol). */
export type QueueRoom = {
  /** Resolves when so many messages may be sent; at most {@link VISIBLE_BOUND}. A sweep goes before a full round. */
  take(count: number, kind: RoundKind, signal: AbortSignal): Promise<void>;
  /** Since when a round waits for room, in milliseconds of the clock; undefined where none does. */
  fullSince(): number | undefined;
};

/** @param dependencies.now milliseconds. */
export function createQueueRoom(dependencies: {
  readDepth: (signal: AbortSignal) => Promise<QueueDepth>;
  now: () => number;
}): QueueRoom {
  const { readDepth, now } = dependencies;
  const turns = new PQueue({ concurrency: 1 });
  let sent: { at: number; count: number }[] = [];
  let depth: (QueueDepth & { askedAt: number }) | undefined;
  let fullSince: number | undefined;
  let visibleBound = VISIBLE_BOUND;
  let receivedAt = now();

  /** Fewer messages wait than before, as far as SQS has counted: a consumer receives them. */
  function noteReceipts(visible: number): void {
    const isReceived = depth === undefined || visible === 0 || visible < depth.visible;
    if (isReceived) visibleBound = VISIBLE_BOUND;
    else if (now() - receivedAt < UNRECEIVED_MS) return;
    else visibleBound = Math.min(QUEUE_BOUND, 2 * visibleBound);
    receivedAt = now();
  }

  /** The fewest visible messages in the last period, and in the one under way. */
  let standing = 0;
  let period: { begunAt: number; fewest: number } | undefined;

  function noteVisible(visible: number, at: number): void {
    period ??= { begunAt: at, fewest: visible };
    period.fewest = Math.min(period.fewest, visible);
    standing = Math.min(standing, visible);
    if (at - period.begunAt < STANDING_MS) return;
    standing = period.fewest;
    period = { begunAt: at, fewest: visible };
  }

  function sentSince(at: number): number {
    return sent.reduce((sum, each) => (each.at >= at ? sum + each.count : sum), 0);
  }

  async function hasRoom(count: number, signal: AbortSignal): Promise<boolean> {
    if (!depth || now() - depth.askedAt > FRESH_MS) {
      const askedAt = now();
      const next = await readDepth(signal);
      noteReceipts(next.visible);
      noteVisible(next.visible, askedAt);
      depth = { ...next, askedAt };
      sent = sent.filter(({ at }) => at >= askedAt - UNCOUNTED_MS);
    }
    const { visible, inFlight, askedAt } = depth;
    const waiting = visible + inFlight + sentSince(askedAt - UNCOUNTED_MS);
    const isBounded = waiting + count <= QUEUE_BOUND;
    return isBounded && visible - standing + sentSince(askedAt) + count <= visibleBound;
  }

  return {
    fullSince: () => fullSince,
    take(count, kind, signal) {
      const task = async () => {
        try {
          while (!(await hasRoom(count, signal))) {
            fullSince ??= now();
            await delay(LOOK_AGAIN_MS, undefined, { signal });
          }
          sent.push({ at: now(), count });
        } finally {
          fullSince = undefined;
        }
      };
      return turns.add(task, { signal, priority: kind === 'sweep' ? 1 : 0 });
    },
  };
}
