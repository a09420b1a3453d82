import { createHash } from 'node:crypto';
import type { DeadLetterMessage, DeadLetterQueue } from './dead-letter-queue.ts';
import { QueueError } from './queue-error.ts';
import { type Fate, type RedriveCounts, type Settled, settledToCounts } from './redrive-result.ts';
import type { ReplayMessage } from './replay-message.ts';

/** Settles dead letters as they are taken, and remembers what became of each. */
export type Replay = {
  /** One answer of the dead-letter queue: groups side by side, a group's messages in order. */
  settle(letters: DeadLetterMessage[]): Promise<void>;
  /** Whether all of them have been met before in this run. */
  knows(letters: DeadLetterMessage[]): boolean;
  /** Messages that were tried, sent or not. */
  tried(): number;
  seen(): number;
  /** A trouble of the last answer that the next messages would have too. */
  trouble(): QueueError | undefined;
  counts(): RedriveCounts;
};

/**
 * A letter is removed only once it has been sent. A group stops at the first one that cannot be sent or
 * removed, so that no later one overtakes it. What this run has sent and finds dead again is left.
 */
export function createReplay(dependencies: {
  deadLetters: Pick<DeadLetterQueue, 'remove'>;
  replayMessage: ReplayMessage;
  isWanted: (reason: string) => boolean;
  limit: number;
  stop: AbortSignal;
}): Replay {
  const { deadLetters, replayMessage, isWanted, limit, stop } = dependencies;
  const settled = new Map<string, Settled>();
  const problems = new Set<string>();
  const blockedGroups = new Set<string>();
  const sent = new Set<string>();
  const returned = new Set<string>();
  let last = { sent: 0, error: undefined as QueueError | undefined };
  let tried = 0;

  async function fateOf(letter: DeadLetterMessage): Promise<Fate> {
    if (!isWanted(letter.reason) || stop.aborted) return 'kept';
    if (blockedGroups.has(letter.groupId)) return 'failed';
    if (tried >= limit) return 'kept';
    tried++;
    try {
      await replayMessage(letter);
      sent.add(contentOf(letter));
      last.sent++;
      await deadLetters.remove(letter);
      return 'replayed';
    } catch (error) {
      if (!(error instanceof QueueError)) throw error;
      last.error = error;
      problems.add(error.message);
      blockedGroups.add(letter.groupId);
      return 'failed';
    }
  }

  /** Sent again, it would only die again, for as long as the run lasts. */
  function isBack(letter: DeadLetterMessage): boolean {
    const { messageId } = letter;
    if (settled.has(messageId) || !sent.has(contentOf(letter))) return false;
    returned.add(messageId);
    return true;
  }

  return {
    knows: (letters) => letters.every(({ messageId: id }) => settled.has(id) || returned.has(id)),
    tried: () => tried,
    seen: () => settled.size,
    async settle(letters) {
      last = { sent: 0, error: undefined };
      const fresh = letters.filter((each) => !isBack(each) && !settled.has(each.messageId));
      const groups = Map.groupBy(fresh, ({ groupId }) => groupId);
      const settleGroup = async (group: DeadLetterMessage[]) => {
        for (const letter of group) {
          settled.set(letter.messageId, { letter, fate: await fateOf(letter) });
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

function contentOf({ groupId, body }: DeadLetterMessage): string {
  return createHash('sha256').update(`${groupId}\n${body}`).digest('base64');
}
