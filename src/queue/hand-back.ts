import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { summarizeError } from '../aws-error.ts';
import type { Log } from '../telemetry.ts';

/**
 * Lets messages of one group come back later: the first waits for a time that doubles with every
 * delivery, the others as long as it, so that the group comes back whole.
 *
 * Never rejects: if SQS does not take the wish, they come back after the queue's own timeout.
 */
export type HandBack = (
  records: SQSRecord[],
  retryAfterSeconds: number | undefined,
) => Promise<void>;

const FIRST_DELAY_SECONDS = 1;
/** DESIGN, section 5: at most fifteen minutes. */
const MAXIMUM_DELAY_SECONDS = 900;
/** A quarter more at random, so that an outage does not end in a stampede. */
const JITTER = 0.25;

export function createHandBack(dependencies: {
  sqs: Pick<SQSClient, 'send'>;
  queueUrl: string;
  log: Log;
  random?: () => number;
}): HandBack {
  const { sqs, queueUrl, log, random = Math.random } = dependencies;
  return async (records, retryAfterSeconds) => {
    const deliveries = Number(records[0]?.attributes?.ApproximateReceiveCount ?? 1);
    const seconds = handBackDelay(deliveries, retryAfterSeconds, random());
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
  };
}

/**
 * Seconds until the next delivery: 1, 2, 4… after the first, second, third delivery, plus up to a
 * quarter, never less than WorkOS asked for, never more than 900.
 *
 * @param random 0 to 1.
 */
export function handBackDelay(
  deliveries: number,
  retryAfterSeconds: number | undefined,
  random: number,
): number {
  const doublings = Math.max(0, (Number.isFinite(deliveries) ? deliveries : 1) - 1);
  const backoff = FIRST_DELAY_SECONDS * 2 ** Math.min(doublings, 20);
  const wanted = Math.max(backoff, retryAfterSeconds ?? 0) * (1 + JITTER * random);
  return Math.min(MAXIMUM_DELAY_SECONDS, Math.ceil(wanted));
}
