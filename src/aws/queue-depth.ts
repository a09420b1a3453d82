import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** How many messages a queue holds, about: SQS gives no exact numbers (SQS API reference, GetQueueAttributes). */
export type QueueDepth = { visible: number; inFlight: number; delayed: number };

/** An answer without the numbers: the queue's depth is unknown, and not 0. */
export class NoQueueDepthError extends Error {
  override name = 'NoQueueDepthError';
}

/** Needs sqs:GetQueueAttributes. Rejects with the error of the AWS SDK, or NoQueueDepthError. */
export async function readQueueDepth(
  sqs: Pick<SQSClient, 'send'>,
  queueUrl: string,
  abortSignal: AbortSignal,
): Promise<QueueDepth> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
    { abortSignal },
  );
  return {
    visible: toNumber(Attributes.ApproximateNumberOfMessages),
    inFlight: toNumber(Attributes.ApproximateNumberOfMessagesNotVisible),
    delayed: toNumber(Attributes.ApproximateNumberOfMessagesDelayed),
  };
}

function toNumber(text: string | undefined): number {
  if (text !== undefined && /^\d+$/.test(text)) return Number(text);
  throw new NoQueueDepthError('the answer has no number of messages');
}
