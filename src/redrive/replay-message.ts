import { createHash } from 'node:crypto';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetterMessage } from './dead-letter-queue.ts';
import { toQueueError } from './queue-error.ts';

/** Puts a dead letter's message on the sync queue again, as it was. Rejects with a QueueError. */
export type ReplayMessage = (letter: DeadLetterMessage) => Promise<void>;

export function createReplayMessage(dependencies: {
  sqs: Pick<SQSClient, 'send'>;
  queueUrl: string;
}): ReplayMessage {
  const { sqs, queueUrl } = dependencies;
  return async (letter) => {
    const command = new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: letter.body,
      MessageGroupId: letter.groupId,
      MessageDeduplicationId: replayId(letter),
      // By it the consumer knows that somebody wants the message looked at anew.
      MessageAttributes: { reason: { DataType: 'String', StringValue: letter.reason } },
    });
    try {
      await sqs.send(command);
    } catch (error) {
      throw toQueueError(error, 'sqs:SendMessage', queueUrl);
    }
  };
}

/**
 * Of the dead letter, not of its content: sent twice, because the first replay ended before the letter
 * was removed, it arrives once. Dead again, it is another letter with another id, which a later replay
 * sends within SQS's five minutes of deduplication too.
 */
function replayId({ messageId }: DeadLetterMessage): string {
  return createHash('sha256').update(`redrive ${messageId}`).digest('hex');
}
