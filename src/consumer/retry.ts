import { createHash } from 'node:crypto';
import {
  ChangeMessageVisibilityBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { summarizeError } from '../telemetry/summarize-error.ts';
import type { Log } from '../telemetry/telemetry.ts';
import { retryDelay } from './retry-delay.ts';

/** Why messages are delivered again. */
export type RetryReason = { isRateLimited: boolean; retryAfterSeconds: number | undefined };

/**
 * Returns messages of one group to the queue. All of them get the same visibility timeout, which grows with
 * the deliveries of the first one, so that the group is delivered again as a whole.
 *
 * Never rejects: if SQS does not change the visibility, the queue's own visibility timeout applies.
 *
 * @returns the messages that were sent to the queue as new ones: the caller acknowledges those.
 */
export type Retry = (records: SQSRecord[], reason: RetryReason) => Promise<SQSRecord[]>;

/**
 * SQS moves a message to the dead-letter queue after 1,000 deliveries (serverless/queues.yml,
 * docs/facts.md#sqs). A message that has failed almost as often, in an outage of a week, is sent to the
 * queue as a new one before that.
 */
const RESENT_AFTER_DELIVERIES = 900;
/** The message attribute of the copies. */
const RESENT = 'resent';

/** @param dependencies.random 0 to 1, for the jitter of the delay. Default Math.random. */
export function createRetry(dependencies: {
  sqs: Pick<SQSClient, 'send'>;
  queueUrl: string;
  log: Log;
  clock: () => Date;
  random?: () => number;
}): Retry {
  const { sqs, queueUrl, log, clock, random = Math.random } = dependencies;

  return async (records, reason) => {
    if (records.some((record) => deliveriesOf(record) >= RESENT_AFTER_DELIVERIES)) {
      const resent = await resend(records);
      if (resent.length > 0) return resent;
    }
    await wait(records, reason);
    return [];
  };

  async function wait(records: SQSRecord[], reason: RetryReason): Promise<void> {
    const [first] = records;
    if (!first) return;
    const firstReceived = Number(first.attributes?.ApproximateFirstReceiveTimestamp);
    const ageSeconds = (clock().getTime() - firstReceived) / 1000;
    const context = { ...reason, deliveries: deliveriesOf(first), ageSeconds };
    const seconds = retryDelay(context, random());
    try {
      // A batch of a FIFO queue has at most ten messages, as many as one call takes.
      const answer = await sqs.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: queueUrl,
          Entries: records.map((record, index) => ({
            Id: String(index),
            ReceiptHandle: record.receiptHandle,
            VisibilityTimeout: seconds,
          })),
        }),
      );
      for (const failure of answer.Failed ?? []) {
        log.warn('visibility not changed', {
          messageId: records[Number(failure.Id)]?.messageId,
          error: { name: failure.Code },
        });
      }
    } catch (error) {
      const messageIds = records.map((record) => record.messageId);
      log.warn('visibility not changed', { messageIds, error: summarizeError(error) });
    }
  }

  /**
   * One by one, in order. Messages that stay on the queue are delivered before the copies, those that SQS did
   * not accept as well as newer ones: a copy is marked, so that the consumer mirrors what Cognito shows then.
   */
  async function resend(records: SQSRecord[]): Promise<SQSRecord[]> {
    const resent: SQSRecord[] = [];
    for (const record of records) {
      try {
        await sqs.send(new SendMessageCommand(toCopy(record, queueUrl)));
        resent.push(record);
      } catch (error) {
        const { messageId } = record;
        log.warn('message not sent again', { messageId, error: summarizeError(error) });
      }
    }
    return resent;
  }
}

function toCopy(record: SQSRecord, queueUrl: string) {
  const { reason } = record.messageAttributes ?? {};
  return {
    QueueUrl: queueUrl,
    MessageBody: record.body,
    MessageGroupId: record.attributes?.MessageGroupId ?? record.messageId,
    // If the acknowledgement is lost and the message is delivered again, SQS drops the second copy.
    MessageDeduplicationId: createHash('sha256').update(`renew ${record.messageId}`).digest('hex'),
    MessageAttributes: {
      [RESENT]: { DataType: 'String', StringValue: 'true' },
      ...(reason?.stringValue && {
        reason: { DataType: 'String', StringValue: reason.stringValue },
      }),
    },
  };
}

/** Whether a message is a copy, which may be older than messages that were delivered before it. */
export function isResent(record: SQSRecord): boolean {
  return record.messageAttributes?.[RESENT] !== undefined;
}

/** Whether an operator has replayed the message: only messages of the dead-letter queue have a reason. */
export function isReplay(record: SQSRecord): boolean {
  return record.messageAttributes?.reason !== undefined;
}

/** How often SQS has delivered the message, this delivery included (1 where SQS does not say). */
export function deliveriesOf(record: SQSRecord): number {
  return Number(record.attributes?.ApproximateReceiveCount ?? 1);
}
