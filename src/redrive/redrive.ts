import type { DeadLetterQueue } from './dead-letter-queue.ts';
import { QueueError } from './queue-error.ts';
import type { RedriveResult } from './redrive-result.ts';
import { createReplay, type Replay } from './replay.ts';
import type { ReplayMessage } from './replay-message.ts';

export type RedriveOptions = {
  deadLetters: DeadLetterQueue;
  /** Absent: the dead letters are only listed. */
  replay?: { replayMessage: ReplayMessage; isSelected: (reason: string) => boolean };
  /** At most so many are sent, or listed. Default: all. */
  limit?: number;
  /** Once it fires, no further message is begun. */
  stop: AbortSignal;
  /** @param expected messages in all, as far as SQS knows. */
  onProgress?: (seen: number, expected: number) => void;
};

/**
 * Lists the dead letters, or sends them to the sync queue again, in order per group. A run that is
 * killed sends a message a second time at the next attempt, which changes nothing: the mirror has seen that
 * state. What stays is released at once.
 *
 * @throws QueueError when nothing could be done.
 */
export async function redrive(options: RedriveOptions): Promise<RedriveResult> {
  const { deadLetters, stop, limit = Number.POSITIVE_INFINITY } = options;
  const before = await deadLetters.count();
  const replay = createReplay({
    deadLetters,
    replayMessage: options.replay?.replayMessage ?? nothingIsSent,
    isSelected: options.replay?.isSelected ?? (() => false),
    limit,
    stop,
  });
  const room = () => limit - (options.replay ? replay.tried() : replay.seen());
  let notReleased: QueueError | undefined;
  const stopped = await settleAll(options, replay, room, before.waiting).finally(async () => {
    notReleased = await deadLetters.release();
  });
  const counts = replay.counts();
  const done = options.replay ? counts.replayed : counts.deadLetters;
  if (stopped && done === 0) throw stopped;
  const isCutShort = stop.aborted || room() <= 0;
  return {
    ...counts,
    unseen: isCutShort ? 0 : Math.max(0, before.waiting - counts.deadLetters),
    inFlight: before.inFlight,
    ...(stopped && { stopped: stopped.message }),
    ...(notReleased && { notReleased: notReleased.message }),
  };
}

/** @returns what ended the run before its end. */
async function settleAll(
  { deadLetters, stop, onProgress }: RedriveOptions,
  replay: Replay,
  room: () => number,
  waiting: number,
): Promise<QueueError | undefined> {
  try {
    while (!stop.aborted && room() > 0) {
      const received = await deadLetters.receive(room());
      if (replay.knows(received)) return undefined;
      await replay.settle(received);
      onProgress?.(replay.seen(), Math.max(waiting, replay.seen()));
      const trouble = replay.trouble();
      if (trouble) return trouble;
    }
    return undefined;
  } catch (error) {
    if (error instanceof QueueError) return error;
    throw error;
  }
}

function nothingIsSent(): never {
  throw new Error('a listing sends nothing');
}
