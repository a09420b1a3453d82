import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { withoutSealedPassword } from '../user/message.ts';

/**
 * Sends a message that can never succeed to the dead-letter queue, with the reason as the
 * message attribute `reason`. Rejects when SQS does not accept it: the caller must not acknowledge it then.
 */
export type SendDeadLetter = (record: SQSRecord, reason: string) => Promise<void>;

/** Sends to the queue of `deadLetterQueueUrl`; nothing is retried beyond the client's own attempts. */
export function createDeadLetter(dependencies: {
  sqs: Pick<SQSClient, 'send'>;
  deadLetterQueueUrl: string;
}): SendDeadLetter {
  const { sqs, deadLetterQueueUrl } = dependencies;
  return async (record, reason) => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: deadLetterQueueUrl,
        // A password does not belong into a queue that people read; the next sign-in brings it again.
        MessageBody: withoutSealedPassword(record.body),
        MessageGroupId: record.attributes?.MessageGroupId ?? record.messageId,
        // A redelivery after a lost acknowledgement is not sent twice (within SQS's five minutes).
        MessageDeduplicationId: record.messageId,
        MessageAttributes: { reason: { DataType: 'String', StringValue: reason } },
      }),
    );
  };
}
