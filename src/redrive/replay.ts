import { createHash } from 'node:crypto';
import type { DeadLetter, DeadLetterQueue } from './dead-letter-queue.ts';
import { QueueError } from './queue-error.ts';
import { type Fate, type RedriveCounts, type Settled, settledToCounts } from './redrive-result.ts';
import type { ReplayMessage } from './replay-message.ts';

/** Settles dead letters as they are received, and remembers what became of each. */
export type Replay = {
  /** One answer of the dead-letter queue: groups side by side, a group's messages in order. */
  settle(deadLetters: DeadLetter[]): Promise<void>;
  /** Whether all of them have been met before in this run. */
  knows(deadLetters: DeadLetter[]): boolean;
  /** Messages that were tried, sent or not. */
  tried(): number;
  seen(): number;
  /** A trouble of the last answer that the next messages would have too. */
  trouble(): QueueError | undefined;
  counts(): RedriveCounts;
};

/**
 * A dead letter is deleted only once it has been sent. A group stops at the first one that cannot be sent or
 * deleted, so that no later one overtakes it. What this run has sent and finds in the dead-letter queue again
 * is left there.
 */
export function createReplay(dependencies: {
  deadLetters: Pick<DeadLetterQueue, 'remove'>;
  replayMessage: ReplayMessage;
  isSelected: (reason: string) => boolean;
  limit: number;
  stop: AbortSignal;
}): Replay {
  const { deadLetters, replayMessage, isSelected, limit, stop } = dependencies;
  const settled = new Map<string, Settled>();
  const problems = new Set<string>();
  const blockedGroups = new Set<string>();
  const sent = new Set<string>();
  const returned = new Set<string>();
  let last = { sent: 0, error: undefined as QueueError | undefined };
  let tried = 0;

  async function fateOf(deadLetter: DeadLetter): Promise<Fate> {
    if (!isSelected(deadLetter.reason) || stop.aborted) return 'kept';
    if (blockedGroups.has(deadLetter.groupId)) return 'failed';
    if (tried >= limit) return 'kept';
    tried++;
    try {
      await replayMessage(deadLetter);
      sent.add(contentOf(deadLetter));
      last.sent++;
      await deadLetters.remove(deadLetter);
      return 'replayed';
    } catch (error) {
      if (!(error instanceof QueueError)) throw error;
      last.error = error;
      problems.add(error.message);
      blockedGroups.add(deadLetter.groupId);
      return 'failed';
    }
  }

  /** Sent again, it would only come to the dead-letter queue again, for as long as the run lasts. */
  function isBack(deadLetter: DeadLetter): boolean {
    const { messageId } = deadLetter;
    if (settled.has(messageId) || !sent.has(contentOf(deadLetter))) return false;
    returned.add(messageId);
    return true;
  }

  return {
    knows: (deadLetters) =>
      deadLetters.every(({ messageId: id }) => settled.has(id) || returned.has(id)),
    tried: () => tried,
    seen: () => settled.size,
    async settle(deadLetters) {
      last = { sent: 0, error: undefined };
      const fresh = deadLetters.filter((each) => !isBack(each) && !settled.has(each.messageId));
      const groups = Map.groupBy(fresh, ({ groupId }) => groupId);
      const settleGroup = async (group: DeadLetter[]) => {
        for (const deadLetter of group) {
          settled.set(deadLetter.messageId, { deadLetter, fate: await fateOf(deadLetter) });
        }
      };
      await Promise.all([...groups.values()].map(settleGroup));
    },
    trouble() {
      const isCommon = last.error?.kind === 'transient' && last.sent === 0;
      return last.error?.kind === 'fatal' || isCommon ? last.error : undefined;
    },
    counts: () => settledToCounts([...settled.values()], returned.size, problems),
  };
}

function contentOf({ groupId, body }: DeadLetter): string {
  return createHash('sha256').update(`${groupId}\n${body}`).digest('base64');
}
