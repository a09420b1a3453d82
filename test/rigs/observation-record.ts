import { messageToRecord, type SqsRecord } from '../../local/emulators/lambda/sqs-event.ts';
import { encodeMessage } from '../../src/user/message.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';

let records = 0;

/**
 * An observation as a record of the consumer's event, in the group of its user. It was not received, so SQS
 * does not know its receipt handle.
 *
 * @param options.messageId default another one for every record.
 * @param options.receives how often the message has been received. Default 1.
 * @param options.reason the attribute that a message has which was replayed from the dead-letter queue.
 */
export function observationToRecord(
  user: ObservedUser,
  queueArn: string,
  options: { messageId?: string; receives?: number; reason?: string } = {},
): SqsRecord {
  const { messageId = `message-${++records}`, receives = 1, reason } = options;
  const message = {
    MessageId: messageId,
    ReceiptHandle: `handle-${messageId}`,
    Body: encodeMessage(user),
    Attributes: { MessageGroupId: user.sub, ApproximateReceiveCount: String(receives) },
    ...(reason !== undefined && {
      MessageAttributes: { reason: { DataType: 'String', StringValue: reason } },
    }),
  };
  return messageToRecord(message, queueArn, 'us-east-1');
}
