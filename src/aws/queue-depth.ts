import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** How many messages a queue holds, about: SQS gives no exact numbers (SQS API reference, GetQueueAttributes). */
export type QueueDepth = { visible: number; inFlight: number; delayed: number };

/** Needs sqs:GetQueueAttributes. Rejects with the error of the AWS SDK. */
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
    visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}
