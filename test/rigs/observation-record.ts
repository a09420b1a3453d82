import { messageToRecord, type SqsRecord } from '../../local/emulators/lambda/sqs-event.ts';
import { encodeGone, encodeMessage, type GoneUser } from '../../src/user/message.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';

let records = 0;

type RecordOptions = { messageId?: string; receives?: number; reason?: string };

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
  options: RecordOptions = {},
): SqsRecord {
  return bodyToRecord(encodeMessage(user), user.sub, queueArn, options);
}

/** The same for a profile that is gone from Cognito. */
export function goneToRecord(
  gone: GoneUser,
  queueArn: string,
  options: RecordOptions = {},
): SqsRecord {
  return bodyToRecord(encodeGone(gone), gone.sub, queueArn, options);
}

function bodyToRecord(
  body: string,
  group: string,
  queueArn: string,
  { messageId = `message-${++records}`, receives = 1, reason }: RecordOptions,
): SqsRecord {
  const message = {
    MessageId: messageId,
    ReceiptHandle: `handle-${messageId}`,
    Body: body,
    Attributes: { MessageGroupId: group, ApproximateReceiveCount: String(receives) },
    ...(reason !== undefined && {
      MessageAttributes: { reason: { DataType: 'String', StringValue: reason } },
    }),
  };
  return messageToRecord(message, queueArn, 'us-east-1');
}
