import { createHash } from 'node:crypto';
import type { DeadLetter, DeadLetterQueue } from './dead-letter-queue.ts';
import { RedriveError } from './queue-error.ts';
import { type Fate, type RedriveCounts, type Settled, settledToCounts } from './redrive-result.ts';

/** What is done with the selected dead letters before they are deleted from the dead-letter queue. */
export type DeadLetterAction = {
  fate: 'replayed' | 'discarded';
  /** Once it returns, the dead letter is deleted. Rejects with a RedriveError. */
  perform(deadLetter: DeadLetter): Promise<void>;
  isSelected(reason: string): boolean;
};

/** Settles dead letters as they are received, and remembers what became of each. */
export type MessageSettlement = {
  /** One answer of the dead-letter queue: groups side by side, a group's messages in order. */
  settle(deadLetters: DeadLetter[]): Promise<void>;
  /** Whether all of them have been met before in this run. */
  knows(deadLetters: DeadLetter[]): boolean;
  /** Messages that were tried, settled or not. */
  tried(): number;
  seen(): number;
  /** A trouble of the last answer that the next messages would have too. */
  trouble(): RedriveError | undefined;
  counts(): RedriveCounts;
};

/**
 * A dead letter is deleted only once the action has been performed. A group stops at the first one that fails, so
 * that no later one overtakes it. What this run has replayed and finds in the dead-letter queue again is left there.
 *
 * @param dependencies.action absent: all are kept.
 */
export function createSettlement(dependencies: {
  deadLetters: Pick<DeadLetterQueue, 'remove'>;
  action: DeadLetterAction | undefined;
  limit: number;
  stop: AbortSignal;
}): MessageSettlement {
  const { deadLetters, action, limit, stop } = dependencies;
  const settled = new Map<string, Settled>();
  const problems = new Set<string>();
  const blockedGroups = new Set<string>();
  const replayed = new Set<string>();
  const returned = new Set<string>();
  let last = { done: 0, error: undefined as RedriveError | undefined };
  let tried = 0;

  async function fateOf(deadLetter: DeadLetter): Promise<Fate> {
    if (!action?.isSelected(deadLetter.reason) || stop.aborted) return 'kept';
    if (blockedGroups.has(deadLetter.groupId)) return 'failed';
    if (tried >= limit) return 'kept';
    tried++;
    try {
      await action.perform(deadLetter);
      if (action.fate === 'replayed') replayed.add(contentOf(deadLetter));
      last.done++;
      await deadLetters.remove(deadLetter);
      return action.fate;
    } catch (error) {
      if (!(error instanceof RedriveError)) throw error;
      last.error = error;
      problems.add(error.message);
      blockedGroups.add(deadLetter.groupId);
      return 'failed';
    }
  }

  /** Replayed again, it would only come to the dead-letter queue again, for as long as the run lasts. */
  function isBack(deadLetter: DeadLetter): boolean {
    const { messageId } = deadLetter;
    if (settled.has(messageId) || !replayed.has(contentOf(deadLetter))) return false;
    returned.add(messageId);
    return true;
  }

  return {
    knows: (deadLetters) =>
      deadLetters.every(({ messageId: id }) => settled.has(id) || returned.has(id)),
    tried: () => tried,
    seen: () => settled.size,
    async settle(deadLetters) {
      last = { done: 0, error: undefined };
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
      const isCommon = last.error?.kind === 'transient' && last.done === 0;
      return last.error?.kind === 'fatal' || isCommon ? last.error : undefined;
    },
    counts: () => settledToCounts([...settled.values()], returned.size, problems),
  };
}

function contentOf({ groupId, body }: DeadLetter): string {
  return createHash('sha256').update(`${groupId}\n${body}`).digest('base64');
}
