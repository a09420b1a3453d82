import { createHash } from 'node:crypto';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetter } from './dead-letter-queue.ts';
import { toQueueError } from './queue-error.ts';

/** Puts a dead letter's message on the sync queue again, as it was. Rejects with a QueueError. */
export type ReplayMessage = (deadLetter: DeadLetter) => Promise<void>;

export function createReplayMessage(dependencies: {
  sqs: Pick<SQSClient, 'send'>;
  queueUrl: string;
}): ReplayMessage {
  const { sqs, queueUrl } = dependencies;
  return async (deadLetter) => {
    const command = new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: deadLetter.body,
      MessageGroupId: deadLetter.groupId,
      MessageDeduplicationId: replayId(deadLetter),
      // By it the consumer knows that the message is a replay, and mirrors it again.
      MessageAttributes: { reason: { DataType: 'String', StringValue: deadLetter.reason } },
    });
    try {
      await sqs.send(command);
    } catch (error) {
      throw toQueueError(error, 'sqs:SendMessage', queueUrl);
    }
  };
}

/**
 * Made from the dead letter's id, not from its content: sent twice, because the first replay ended before it
 * was deleted, the message arrives once. Moved to the dead-letter queue again, it is another dead letter with
 * another id, which a later replay sends within SQS's five minutes of deduplication too.
 */
function replayId({ messageId }: DeadLetter): string {
  return createHash('sha256').update(`redrive ${messageId}`).digest('hex');
}
