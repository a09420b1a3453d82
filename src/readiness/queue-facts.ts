import type { SQSClient } from '@aws-sdk/client-sqs';
import { readQueueDepth } from '../aws/queue-depth.ts';
import { summarizeError } from '../telemetry/summarize-error.ts';
import type { Readiness } from './facts.ts';

const TIMEOUT_MS = 10_000;

/**
 * How many messages wait in the sync queue and in the dead-letter queue, about: SQS gives no exact
 * numbers (SQS API reference, GetQueueAttributes). Needs sqs:GetQueueAttributes.
 *
 * @param sqs asked for only when both URLs are there.
 */
export async function countMessages(
  sqs: () => SQSClient,
  urls: { queue: string | undefined; deadLetterQueue: string | undefined },
): Promise<Readiness['queues']> {
  const { queue, deadLetterQueue } = urls;
  if (!queue || !deadLetterQueue) {
    return { known: false, why: 'set SYNC_QUEUE_URL and SYNC_DLQ_URL to the URLs of the queues' };
  }
  if (!URL.canParse(queue) || !URL.canParse(deadLetterQueue)) {
    return { known: false, why: 'SYNC_QUEUE_URL or SYNC_DLQ_URL is not the URL of a queue' };
  }
  const client = sqs();
  try {
    const [waiting, deadLetters] = await Promise.all([
      count(client, queue),
      count(client, deadLetterQueue),
    ]);
    return { known: true, value: { waiting, deadLetters } };
  } catch (error) {
    const { name } = summarizeError(error);
    const why = `SQS does not tell (${name}): check SYNC_QUEUE_URL and SYNC_DLQ_URL, and allow sqs:GetQueueAttributes`;
    return { known: false, why };
  }
}

async function count(client: SQSClient, url: string): Promise<number> {
  const depth = await readQueueDepth(client, url, AbortSignal.timeout(TIMEOUT_MS));
  return depth.visible + depth.inFlight + depth.delayed;
}
