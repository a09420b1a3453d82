import { expect, test } from 'vitest';
import { countMessages } from '../../src/readiness/queue-facts.ts';

test.each([
  ['nonsense', 'https://sqs.eu-central-1.amazonaws.com/1/dead.fifo'],
  ['https://sqs.eu-central-1.amazonaws.com/1/sync.fifo', 'nonsense'],
])('the messages of the queues %s and %s are unknown, and SQS is not asked', async (queue, dlq) => {
  const ask = () => {
    throw new Error('SQS was asked');
  };
  expect(await countMessages(ask, { queue, deadLetterQueue: dlq })).toEqual({
    known: false,
    why: 'SYNC_QUEUE_URL or SYNC_DLQ_URL is not the URL of a queue',
  });
});
