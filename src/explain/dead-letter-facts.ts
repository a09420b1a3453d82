import type { DeadLetterQueue } from '../redrive/dead-letter-queue.ts';
import { adviseOn } from '../redrive/dead-letter-reasons.ts';
import { redrive } from '../redrive/redrive.ts';
import type { DeadLetterFacts } from './explanation.ts';

/** So many are looked at, and for so long: all that time other readers do not see them. */
const MOST_LOOKED_AT = 1_000;
const LONGEST_MS = 10_000;

/** Looks through the dead-letter queue once, as redrive lists it, for the messages of single subs. */
type FindDeadLetters = (sub: string) => DeadLetterFacts;

/**
 * @throws RedriveError where the queue cannot be read.
 */
export async function readDeadLetters(
  deadLetters: DeadLetterQueue,
  stop: AbortSignal,
): Promise<FindDeadLetters> {
  const { waiting } = await deadLetters.count();
  const result = await redrive({
    deadLetters,
    limit: MOST_LOOKED_AT,
    stop: AbortSignal.any([stop, AbortSignal.timeout(LONGEST_MS)]),
  });
  const { messages } = result;
  const missed = Math.max(0, waiting - messages.length) + result.inFlight;
  return (sub) => ({
    messages: messages
      .filter((each) => each.sub === sub)
      .map(({ messageId, reason, sentAt }) => ({
        messageId,
        reason,
        ...(sentAt !== undefined && { sentAt }),
        what: adviseOn(reason).what,
      })),
    lookedAt: messages.length,
    notLookedAt: missed,
  });
}
