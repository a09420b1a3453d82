import { describe, expect, it } from 'vitest';
import type { DeadLetter, DeadLetterQueue } from '../../src/redrive/dead-letter-queue.ts';
import { DiscardFileError } from '../../src/redrive/discard-file.ts';
import { QueueError } from '../../src/redrive/queue-error.ts';
import { redrive } from '../../src/redrive/redrive.ts';

const never = new AbortController().signal;
const isSelected = (reason: string) => reason === 'malformed_message';

function deadLetter(groupId: string, n: number, reason = 'malformed_message'): DeadLetter {
  const messageId = `${groupId}${n}`;
  return { messageId, receiptHandle: messageId, groupId, body: 'x', reason, receiveCount: 1 };
}

/** One group as SQS delivers it: up to ten messages in an answer, none while one of them is in flight. */
function groupOf(all: DeadLetter[], refused: string[] = []) {
  const left = [...all];
  let isInFlight = false;
  const removed: string[] = [];
  const queue: DeadLetterQueue = {
    count: async () => ({ waiting: left.length, inFlight: 0 }),
    async receive(max) {
      if (isInFlight) return [];
      isInFlight = left.length > 0;
      return left.slice(0, Math.min(10, max));
    },
    async remove(each) {
      if (refused.includes(each.messageId)) throw new QueueError('refused', 'not deleted');
      removed.push(each.messageId);
      left.splice(left.indexOf(each), 1);
    },
    async release() {
      isInFlight = false;
      return undefined;
    },
  };
  return { queue, left, removed };
}

describe('discarding messages of one group', () => {
  it('leaves those between them in order, and reaches them behind others at --limit 1', async () => {
    const kept = deadLetter('a', 1, 'invalid_email');
    const last = deadLetter('a', 3, 'invalid_email');
    const all = [kept, deadLetter('a', 2), last, deadLetter('a', 4)];
    const { queue, left } = groupOf(all);
    const written: string[] = [];
    const file = { keep: async ({ messageId }: DeadLetter) => void written.push(messageId) };

    const first = await redrive({
      deadLetters: queue,
      stop: never,
      limit: 1,
      discard: { file, isSelected },
    });

    expect(first).toMatchObject({ discarded: 1, kept: 3 });
    expect(left.map(({ messageId }) => messageId)).toEqual(['a1', 'a3', 'a4']);
    await redrive({ deadLetters: queue, stop: never, discard: { file, isSelected } });
    expect(written).toEqual(['a2', 'a4']);
    expect(left).toEqual([kept, last]);
  });

  it('deletes no message that is not in the file, and ends when the file cannot be written', async () => {
    const all = Array.from({ length: 5 }, (_, n) => deadLetter('a', n));
    const { queue, left, removed } = groupOf(all);
    const written: string[] = [];
    const file = {
      async keep({ messageId }: DeadLetter) {
        if (written.length === 2) throw new DiscardFileError('the disk is full');
        written.push(messageId);
      },
    };
    const result = await redrive({
      deadLetters: queue,
      stop: never,
      discard: { file, isSelected },
    });
    expect(removed).toEqual(written);
    expect(left).toEqual(all.slice(2));
    expect(result).toMatchObject({ discarded: 2, failed: 3, stopped: 'the disk is full' });
  });

  it('stops at the first that cannot be deleted, and writes no later one', async () => {
    const all = Array.from({ length: 4 }, (_, n) => deadLetter('a', n));
    const { queue, left } = groupOf(all, ['a1']);
    const written: string[] = [];
    const file = { keep: async ({ messageId }: DeadLetter) => void written.push(messageId) };
    const result = await redrive({
      deadLetters: queue,
      stop: never,
      discard: { file, isSelected },
    });
    expect(written).toEqual(['a0', 'a1']);
    expect(left).toEqual(all.slice(1));
    expect(result).toMatchObject({ discarded: 1, failed: 3, problems: ['not deleted'] });
  });

  it('counts two messages of the same content as two, and none as one that came back', async () => {
    const { queue, left } = groupOf([deadLetter('a', 1), deadLetter('a', 2)]);
    const result = await redrive({
      deadLetters: queue,
      stop: never,
      discard: { file: { keep: async () => {} }, isSelected },
    });
    expect(result).toMatchObject({ discarded: 2, returned: 0 });
    expect(left).toEqual([]);
  });
});
