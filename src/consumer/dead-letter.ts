import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';

/**
 * Puts a message that can never succeed on the dead-letter queue, as it is, with the reason as the
 * message attribute `reason`. Rejects when SQS does not take it: then the message is not to be
 * acknowledged.
 */
export type DeadLetter = (record: SQSRecord, reason: string) => Promise<void>;

export function createDeadLetter(dependencies: {
  sqs: Pick<SQSClient, 'send'>;
  deadLetterQueueUrl: string;
}): DeadLetter {
  const { sqs, deadLetterQueueUrl } = dependencies;
  return async (record, reason) => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: deadLetterQueueUrl,
        MessageBody: record.body,
        MessageGroupId: record.attributes?.MessageGroupId ?? record.messageId,
        // A redelivery after a lost acknowledgement must not be buried twice.
        MessageDeduplicationId: record.messageId,
        MessageAttributes: { reason: { DataType: 'String', StringValue: reason } },
      }),
    );
  };
}
