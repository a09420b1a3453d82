import type { DeadLetterQueue } from './dead-letter-queue.ts';
import type { DiscardFile } from './discard-file.ts';
import { QueueError, type RedriveError } from './queue-error.ts';
import type { RedriveResult } from './redrive-result.ts';
import type { ReplayMessage } from './replay-message.ts';
import { createSettlement, type DeadLetterAction, type MessageSettlement } from './settlement.ts';

export type RedriveOptions = {
  deadLetters: DeadLetterQueue;
  /** Absent, as `discard`: the dead letters are only listed. */
  replay?: { replayMessage: ReplayMessage; isSelected: (reason: string) => boolean };
  /** Not together with `replay`. */
  discard?: { file: Pick<DiscardFile, 'keep'>; isSelected: (reason: string) => boolean };
  /** At most so many are replayed, discarded or listed. Default: all. */
  limit?: number;
  /** Once it fires, no further message is begun. */
  stop: AbortSignal;
  /** @param expected messages in all, as far as SQS knows. */
  onProgress?: (seen: number, expected: number) => void;
};

/**
 * Lists the dead letters, sends them to the sync queue again, in order per group, or moves them into a file. A run
 * that is killed sends or writes a message a second time at the next attempt: the mirror has seen that state, and
 * the file knows the message's id. What stays is released at once, in order.
 *
 * @throws RedriveError when nothing could be done.
 */
export async function redrive(options: RedriveOptions): Promise<RedriveResult> {
  const { deadLetters, stop, limit = Number.POSITIVE_INFINITY } = options;
  const before = await deadLetters.count();
  const action = toAction(options);
  const settlement = createSettlement({ deadLetters, action, limit, stop });
  const room = () => limit - (action ? settlement.tried() : settlement.seen());
  let notReleased: QueueError | undefined;
  const stopped = await settleAll(options, settlement, room, before.waiting).finally(async () => {
    notReleased = await deadLetters.release();
  });
  const counts = settlement.counts();
  const done = action ? counts[action.fate] : counts.deadLetters;
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

function toAction({ replay, discard }: RedriveOptions): DeadLetterAction | undefined {
  if (discard) {
    const { file, isSelected } = discard;
    return { fate: 'discarded', perform: (deadLetter) => file.keep(deadLetter), isSelected };
  }
  if (!replay) return undefined;
  return { fate: 'replayed', perform: replay.replayMessage, isSelected: replay.isSelected };
}

/** @returns what ended the run before its end. */
async function settleAll(
  { deadLetters, discard, stop, onProgress }: RedriveOptions,
  settlement: MessageSettlement,
  room: () => number,
  waiting: number,
): Promise<RedriveError | undefined> {
  try {
    while (!stop.aborted && room() > 0) {
      // Those to be discarded may stand behind others of their group: in the same answer they can be reached.
      const received = await deadLetters.receive(discard ? Number.POSITIVE_INFINITY : room());
      if (settlement.knows(received)) return undefined;
      await settlement.settle(received);
      onProgress?.(settlement.seen(), Math.max(waiting, settlement.seen()));
      const trouble = settlement.trouble();
      if (trouble) return trouble;
    }
    return undefined;
  } catch (error) {
    if (error instanceof QueueError) return error;
    throw error;
  }
}
