import { randomUUID } from 'node:crypto';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import PQueue from 'p-queue';
import { type DecodedMessage, decodeMessage, withoutSealedPassword } from '../user/message.ts';
import { TOO_MANY_RECEIVES } from './dead-letter-reasons.ts';
import { QueueError, toQueueError } from './queue-error.ts';

/** A dead letter that this run has received. `sub` where the message, or else its group, tells it. */
export type DeadLetter = {
  messageId: string;
  receiptHandle: string;
  groupId: string;
  /**
   * Without a sealed password, which one that SQS itself has moved still holds: it belongs into no listing, file or
   * replay. The next sign-in brings it again.
   */
  body: string;
  reason: string;
  sub?: string;
  /** ISO 8601, UTC: when it came to the dead-letter queue. */
  sentAt?: string;
  /** How often it was received there, this time included. */
  receiveCount: number;
  /** SQS's own attributes and the message's, by name; binary values in Base64. */
  attributes?: { system: Record<string, string>; message: Record<string, string> };
};

/**
 * A FIFO dead-letter queue, received by one run. While a message is in flight, SQS delivers no other message of
 * its group, except those of the same answer (SQS developer guide, FIFO queue delivery logic): what lies behind
 * it is seen only when the ones before it have been deleted.
 */
export interface DeadLetterQueue {
  /** SQS's approximate numbers: visible, and in flight for any receiver. */
  count(): Promise<{ waiting: number; inFlight: number }>;
  /** Receives at most `max` (and at most ten) more, which stay in flight; none: no more can be seen now. */
  receive(max: number): Promise<DeadLetter[]>;
  remove(deadLetter: DeadLetter): Promise<void>;
  /**
   * Makes everything that was received and not deleted visible again at once. Never rejects: what SQS does not
   * accept becomes visible after the visibility timeout.
   *
   * @returns why not everything was released.
   */
  release(): Promise<QueueError | undefined>;
}

/** The visibility timeout: should the process die, its messages are visible again after this. */
export const HOLD_SECONDS = 120;
/** Above 0, so that all of SQS's servers are asked (developer guide, long polling). */
const WAIT_SECONDS = 1;
const BATCH = 10;
const BATCHES_AT_A_TIME = 8;

export function createDeadLetterQueue(dependencies: {
  sqs: Pick<SQSClient, 'send'>;
  queueUrl: string;
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** The visibility timeout. Default {@link HOLD_SECONDS}. */
  holdSeconds?: number;
}): DeadLetterQueue {
  const { sqs, queueUrl: QueueUrl, now = Date.now, holdSeconds = HOLD_SECONDS } = dependencies;
  const held = new Map<string, { receiptHandle: string; until: number }>();

  return {
    async count() {
      const { Attributes = {} } = await call('sqs:GetQueueAttributes', () =>
        sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] })),
      );
      return {
        waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
        inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
      };
    },
    async receive(max) {
      await renew();
      const until = now() + holdSeconds * 1000;
      const { Messages = [] } = await call('sqs:ReceiveMessage', () =>
        sqs.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: Math.min(BATCH, max),
            VisibilityTimeout: holdSeconds,
            WaitTimeSeconds: WAIT_SECONDS,
            MessageSystemAttributeNames: ['All'],
            MessageAttributeNames: ['All'],
            // Should the answer be lost, the SDK's next try gets the same messages.
            ReceiveRequestAttemptId: randomUUID(),
          }),
        ),
      );
      const deadLetters = Messages.map(toDeadLetter);
      for (const { messageId, receiptHandle } of deadLetters) {
        held.set(messageId, { receiptHandle, until });
      }
      return deadLetters;
    },
    async remove({ messageId, receiptHandle }) {
      await call('sqs:DeleteMessage', () =>
        sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: receiptHandle })),
      );
      held.delete(messageId);
    },
    async release() {
      // The last first: emulators put what is released at the head of its group.
      const handles = [...held.values()].map(({ receiptHandle }) => receiptHandle).reverse();
      held.clear();
      return call('sqs:ChangeMessageVisibility', () => changeVisibility(handles, 0)).then(
        () => undefined,
        (error) => (error instanceof QueueError ? error : undefined),
      );
    },
  };

  /** A long run keeps what it has received. What SQS does not renew is only visible earlier. */
  async function renew(): Promise<void> {
    const soon = now() + (holdSeconds * 1000) / 2;
    const old = [...held.values()].filter(({ until }) => until < soon);
    if (old.length === 0) return;
    const until = now() + holdSeconds * 1000;
    const handles = old.map(({ receiptHandle }) => receiptHandle);
    await changeVisibility(handles, holdSeconds).catch(() => {});
    for (const each of old) each.until = until;
  }

  async function changeVisibility(handles: string[], seconds: number): Promise<void> {
    const batches = Array.from({ length: Math.ceil(handles.length / BATCH) }, (_, index) =>
      handles.slice(index * BATCH, (index + 1) * BATCH),
    );
    await new PQueue({ concurrency: BATCHES_AT_A_TIME }).addAll(
      batches.map((batch) => async () => {
        const Entries = batch.map((ReceiptHandle, index) => ({
          Id: String(index),
          ReceiptHandle,
          VisibilityTimeout: seconds,
        }));
        await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
      }),
    );
  }

  async function call<T>(action: string, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      throw toQueueError(error, action, QueueUrl);
    }
  }
}

/** Cognito's subs are UUIDs; another group is not known to be free of personal data. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function subOf(decoded: DecodedMessage): string | undefined {
  switch (decoded.kind) {
    case 'message':
      return decoded.user.sub;
    case 'gone':
      return decoded.gone.sub;
    case 'malformed':
      return undefined;
  }
}

function toDeadLetter(message: Message): DeadLetter {
  const { MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} } = message;
  const decoded = decodeMessage(Body);
  const groupId = Attributes.MessageGroupId ?? MessageId;
  const sub = subOf(decoded) ?? UUID.exec(groupId)?.[0];
  const sent = Number(Attributes.SentTimestamp);
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    groupId,
    body: withoutSealedPassword(Body),
    reason:
      message.MessageAttributes?.reason?.StringValue ??
      (decoded.kind === 'malformed' ? decoded.reason : TOO_MANY_RECEIVES),
    ...(sub !== undefined && { sub }),
    ...(Number.isFinite(sent) && { sentAt: new Date(sent).toISOString() }),
    receiveCount: Number(Attributes.ApproximateReceiveCount ?? 1),
    attributes: { system: Attributes, message: toTexts(message.MessageAttributes) },
  };
}

function toTexts(attributes: Message['MessageAttributes'] = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { StringValue, BinaryValue }]) => [
      name,
      StringValue ?? Buffer.from(BinaryValue ?? []).toString('base64'),
    ]),
  );
}
