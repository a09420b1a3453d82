import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type ErrorSummary, summarizeError } from '../telemetry/summarize-error.ts';
import { deduplicationId, encodeMessage, type ObservedPassword } from '../user/message.ts';
import type { ObservedUser } from '../user/observed-user.ts';

/** Whether SQS has accepted the message. */
type Publication = { kind: 'published' } | { kind: 'lost'; error: ErrorSummary };

/**
 * Sends one observed user to the queue. Never rejects, and never takes longer than its deadline.
 *
 * @param invocationId the same for a retried invocation, so that SQS drops its message.
 */
export type Publish = (
  observed: { user: ObservedUser; password?: ObservedPassword | undefined },
  invocationId: string,
) => Promise<Publication>;

/**
 * @param dependencies.timeoutMs the deadline for the whole publication in milliseconds, the SDK's retries
 *   included. The result is `lost` at the deadline even if the SDK ignores the abort.
 */
export function createPublish(dependencies: {
  sqs: SQSClient;
  queueUrl: string;
  timeoutMs: number;
}): Publish {
  const { sqs, queueUrl, timeoutMs } = dependencies;
  return async (observed, invocationId) => {
    const abort = new AbortController();
    const deadline = Promise.withResolvers<Publication>();
    const timer = setTimeout(() => {
      abort.abort();
      deadline.resolve({ kind: 'lost', error: { name: 'PublicationTimeout' } });
    }, timeoutMs);
    try {
      return await Promise.race([send(observed, invocationId, abort.signal), deadline.promise]);
    } finally {
      clearTimeout(timer);
    }
  };

  async function send(
    { user, password }: Parameters<Publish>[0],
    invocationId: string,
    abortSignal: AbortSignal,
  ) {
    try {
      const command = new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: encodeMessage(user, password),
        MessageGroupId: user.sub,
        MessageDeduplicationId: deduplicationId(user, invocationId),
      });
      await sqs.send(command, { abortSignal });
      return { kind: 'published' } satisfies Publication;
    } catch (error) {
      return { kind: 'lost', error: summarizeError(error) } satisfies Publication;
    }
  }
}
