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

/** Why messages have to come again. */
export type RetryReason = { isRateLimited: boolean; retryAfterSeconds: number | undefined };

/**
 * Lets messages of one group be delivered again, the first after a time that grows with its deliveries,
 * the others with it, so that the group comes back whole. Never rejects: if SQS does not take the wish,
 * they come back after the queue's own visibility timeout.
 *
 * @returns the messages that were put on the queue anew: those are to be acknowledged.
 */
export type Retry = (records: SQSRecord[], reason: RetryReason) => Promise<SQSRecord[]>;

/**
 * SQS moves a message to the dead-letter queue after 1,000 deliveries (serverless/queues.yml). One that has
 * failed almost as often, in an outage of a week, is put on the queue anew before that.
 */
const RENEWED_AFTER_DELIVERIES = 900;

export function createRetry(dependencies: {
  sqs: Pick<SQSClient, 'send'>;
  queueUrl: string;
  log: Log;
  clock: () => Date;
  random?: () => number;
}): Retry {
  const { sqs, queueUrl, log, clock, random = Math.random } = dependencies;

  return async (records, reason) => {
    if (records.some((record) => deliveriesOf(record) >= RENEWED_AFTER_DELIVERIES)) {
      const renewed = await renew(records);
      if (renewed.length > 0) return renewed;
    }
    await wait(records, reason);
    return [];
  };

  async function wait(records: SQSRecord[], reason: RetryReason): Promise<void> {
    const [first] = records;
    if (!first) return;
    const firstReceived = Number(first.attributes?.ApproximateFirstReceiveTimestamp);
    const ageSeconds = (clock().getTime() - firstReceived) / 1000;
    const waiting = { ...reason, deliveries: deliveriesOf(first), ageSeconds };
    const seconds = retryDelay(waiting, random());
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

  /** In order, and not beyond the first that SQS does not take: no message overtakes another one. */
  async function renew(records: SQSRecord[]): Promise<SQSRecord[]> {
    const renewed: SQSRecord[] = [];
    for (const record of records) {
      try {
        await sqs.send(new SendMessageCommand(toCopy(record, queueUrl)));
        renewed.push(record);
      } catch (error) {
        const { messageId } = record;
        log.warn('message not renewed', { messageId, error: summarizeError(error) });
        break;
      }
    }
    return renewed;
  }
}

function toCopy(record: SQSRecord, queueUrl: string) {
  const { reason } = record.messageAttributes ?? {};
  return {
    QueueUrl: queueUrl,
    MessageBody: record.body,
    MessageGroupId: record.attributes?.MessageGroupId ?? record.messageId,
    // Delivered again because the acknowledgement was lost, it is not put there twice.
    MessageDeduplicationId: createHash('sha256').update(`renew ${record.messageId}`).digest('hex'),
    ...(reason?.stringValue && {
      MessageAttributes: { reason: { DataType: 'String', StringValue: reason.stringValue } },
    }),
  };
}

/** How often SQS has given the message away, this time included. */
export function deliveriesOf(record: SQSRecord): number {
  return Number(record.attributes?.ApproximateReceiveCount ?? 1);
}
