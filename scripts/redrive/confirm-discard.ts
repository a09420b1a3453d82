import type { DeadLetterQueue } from '../../src/redrive/dead-letter-queue.ts';
import { redrive } from '../../src/redrive/redrive.ts';
import { confirmMassAction } from '../shared/confirm.ts';

/** So many messages are discarded without a question. */
export const DISCARD_BOUND = 10;

/**
 * Asks before many messages are discarded. They are counted by listing them first; those behind others of their
 * group cannot be seen yet, and are counted as if all of them were selected.
 *
 * @returns which may be discarded: not more than were confirmed, should others have come meanwhile. Undefined where
 *   the run was stopped before that.
 * @throws NotConfirmedError, RedriveError
 */
export async function confirmDiscard(options: {
  deadLetters: DeadLetterQueue;
  isSelected: (reason: string) => boolean;
  stop: AbortSignal;
  limit?: number;
  yes?: true;
}): Promise<((reason: string) => boolean) | undefined> {
  const { deadLetters, isSelected, stop, limit = Number.POSITIVE_INFINITY, yes } = options;
  if (yes || limit <= DISCARD_BOUND) return isSelected;
  const { messages, unseen } = await redrive({ deadLetters, stop });
  if (stop.aborted) return undefined;
  const seen = messages.filter(({ reason }) => isSelected(reason)).length;
  const most = Math.min(limit, seen + unseen);
  const action = unseen > 0 || limit < seen ? 'discard up to' : 'discard';
  try {
    await confirmMassAction(
      { action, what: 'dead-lettered messages', count: most, bound: DISCARD_BOUND, yes: false },
      { input: process.stdin, output: process.stderr, stop },
    );
  } catch (error) {
    if (stop.aborted) return undefined;
    throw error;
  }
  let left = Math.max(most, DISCARD_BOUND);
  return (reason) => isSelected(reason) && left-- > 0;
}
