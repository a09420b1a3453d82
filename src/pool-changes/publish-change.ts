import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { deduplicationId, encodeGone, encodeMessage, type GoneUser } from '../user/message.ts';
import type { ObservedUser } from '../user/observed-user.ts';

/** What a read of the pool showed. */
export type Observation = { kind: 'user'; user: ObservedUser } | { kind: 'gone'; gone: GoneUser };

/**
 * Sends an observation to the sync queue. A state that one event has shown twice is sent once
 * (docs/facts.md#sqs-fifo). Rejects where SQS does not accept the message.
 */
export type PublishChange = (observation: Observation, eventId: string) => Promise<void>;

export function createPublishChange(dependencies: {
  sqs: Pick<SQSClient, 'send'>;
  queueUrl: string;
}): PublishChange {
  const { sqs, queueUrl } = dependencies;
  return async (observation, eventId) => {
    const profile = observation.kind === 'user' ? observation.user : observation.gone;
    const body =
      observation.kind === 'user' ? encodeMessage(observation.user) : encodeGone(observation.gone);
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageGroupId: profile.sub,
        MessageDeduplicationId: deduplicationId(profile, eventId),
      }),
    );
  };
}
