import { describe, expect, it } from 'vitest';
import type { DeadLetter, DeadLetterQueue } from '../../src/redrive/dead-letter-queue.ts';
import { parseQueueAddress } from '../../src/redrive/queue-address.ts';
import { QueueError } from '../../src/redrive/queue-error.ts';
import { redrive } from '../../src/redrive/redrive.ts';

const never = new AbortController().signal;

function letter(groupId: string, n: number, reason = 'invalid_email'): DeadLetter {
  const messageId = `${groupId}${n}`;
  const body = `body of ${messageId}`;
  return { messageId, receiptHandle: messageId, groupId, body, reason, receiveCount: 1 };
}

/** As SQS does it: up to ten of one group in an answer, and none while any of them is taken. */
function queueOf(letters: DeadLetter[]) {
  const left = [...letters];
  const taken = new Set<DeadLetter>();
  const queue: DeadLetterQueue = {
    count: async () => ({ waiting: left.length, inFlight: 0 }),
    async receive(max) {
      const locked = new Set([...taken].map(({ groupId }) => groupId));
      const free = left.filter(({ groupId }) => !locked.has(groupId));
      const answer = free.slice(0, Math.min(10, max));
      for (const each of answer) taken.add(each);
      return answer;
    },
    async remove(each) {
      taken.delete(each);
      left.splice(left.indexOf(each), 1);
    },
    async release() {
      taken.clear();
      return undefined;
    },
  };
  return { queue, left, taken };
}

describe('several messages of one user in one answer', () => {
  const isSelected = (reason: string) => reason === 'invalid_email';

  it('are sent in order, those between them that are kept left out', async () => {
    const letters = [letter('a', 1), letter('a', 2, 'malformed_message'), letter('a', 3)];
    const { queue, left, taken } = queueOf([...letters, letter('b', 1)]);
    const sent: string[] = [];
    const result = await redrive({
      deadLetters: queue,
      stop: never,
      replay: { isSelected, replayMessage: async ({ messageId }) => void sent.push(messageId) },
    });
    expect(sent.filter((id) => id.startsWith('a'))).toEqual(['a1', 'a3']);
    expect(result).toMatchObject({ deadLetters: 4, replayed: 3, kept: 1, failed: 0, unseen: 0 });
    expect(left.map(({ messageId }) => messageId)).toEqual(['a2']);
    expect(taken.size).toBe(0);
  });

  it('stop at the first that cannot be sent', async () => {
    const letters = Array.from({ length: 14 }, (_, n) => letter('a', n));
    const { queue, left } = queueOf([...letters, letter('b', 1)]);
    const result = await redrive({
      deadLetters: queue,
      stop: never,
      replay: {
        isSelected,
        async replayMessage({ messageId }) {
          if (messageId === 'a4') throw new QueueError('refused', 'too long');
        },
      },
    });
    expect(result).toMatchObject({ replayed: 5, failed: 6, unseen: 4, problems: ['too long'] });
    expect(left).toEqual(letters.slice(4));
  });
});

it.each([
  ['https://sqs.eu-central-1.amazonaws.com/123456789012/q.fifo', 'eu-central-1'],
  ['https://sqs-fips.us-gov-west-1.amazonaws.com/123456789012/q.fifo', 'us-gov-west-1'],
  ['https://sqs.cn-north-1.amazonaws.com.cn/123456789012/q.fifo', 'cn-north-1'],
  ['http://127.0.0.1:4566/000000000000/q.fifo', undefined],
])('the region of %s is %s', (url, region) => {
  expect(parseQueueAddress('SYNC_QUEUE_URL', url).region).toBe(region);
});
