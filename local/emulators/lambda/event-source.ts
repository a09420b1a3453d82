import { setTimeout as delay } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { failedMessageIds } from './batch-answer.ts';
import { messageToRecord, type SqsEvent } from './sqs-event.ts';

export type Batch = {
  /** The ids of the messages that the function has done, which are deleted. */
  done: string[];
  /** The ids of those that it kept: they are left in the queue until their visibility timeout. */
  kept: string[];
  /** Why the whole batch is left: what the invocation rejected with. */
  error?: unknown;
};

export type EventSourceOptions = {
  client: SQSClient;
  queueUrl: string;
  queueArn: string;
  region?: string;
  /** Calls the function with an SQSEvent and gives its answer. */
  invoke: (event: SqsEvent) => Promise<unknown>;
  /** Messages given to one invocation at most. Default 10. */
  batchSize?: number;
  /** Invocations at the same time at most. Default 5. */
  maximumConcurrency?: number;
  /** `functionResponseType: ReportBatchItemFailures`. Default true. */
  reportBatchItemFailures?: boolean;
  onBatch?: ((batch: Batch) => void) | undefined;
};

export type EventSource = {
  /** Resolves when nothing is waiting, delayed or in flight in the queue. Rejects once stopped or aborted. */
  drained(options?: { signal?: AbortSignal }): Promise<void>;
  /** Takes no more messages and resolves when those in flight are settled. */
  stop(): Promise<void>;
};

/** How long one receive waits, in seconds: also how long `stop` may take when all is quiet. */
const WAIT_SECONDS = 1;

/**
 * Lambda's SQS event source mapping: long-polls, invokes, deletes what succeeded and leaves the rest
 * to the visibility timeout. Source of the rules on partial answers: see {@link failedMessageIds}.
 */
export function startEventSource(options: EventSourceOptions): EventSource {
  const { client, queueUrl, queueArn, region = 'us-east-1', invoke, onBatch } = options;
  const { batchSize = 10, maximumConcurrency = 5, reportBatchItemFailures = true } = options;
  let stopping = false;
  let inFlight = 0;
  let polled = Promise.withResolvers<void>();

  async function poll(): Promise<void> {
    while (!stopping) {
      try {
        const messages = await receive();
        if (messages.length > 0) await settle(messages);
      } catch {
        // The queue cannot be reached: the mapping tries again.
        if (!stopping) await delay(200);
      }
      polled.resolve();
      polled = Promise.withResolvers<void>();
    }
  }

  async function receive(): Promise<Message[]> {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        // More than that SQS gives to no request; Lambda would gather a larger batch from several.
        MaxNumberOfMessages: Math.min(batchSize, 10),
        WaitTimeSeconds: WAIT_SECONDS,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages;
  }

  async function settle(messages: Message[]): Promise<void> {
    inFlight++;
    const ids = messages.map((message) => message.MessageId ?? '');
    try {
      const { failed, error } = await failuresOf(messages, ids);
      const done = messages.filter((message) => !failed.has(message.MessageId ?? ''));
      if (done.length > 0) await remove(done);
      onBatch?.({
        done: ids.filter((id) => !failed.has(id)),
        kept: [...failed],
        ...(error !== undefined && { error }),
      });
    } finally {
      inFlight--;
    }
  }

  async function failuresOf(messages: Message[], ids: string[]) {
    try {
      const records = messages.map((message) => messageToRecord(message, queueArn, region));
      const answer = await invoke({ Records: records });
      return { failed: failedMessageIds(reportBatchItemFailures ? answer : undefined, ids) };
    } catch (error) {
      return { failed: new Set(ids), error };
    }
  }

  async function remove(messages: Message[]): Promise<void> {
    const entries = messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
  }

  async function isEmpty(): Promise<boolean> {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
    );
    return (
      Number(Attributes.ApproximateNumberOfMessages) === 0 &&
      Number(Attributes.ApproximateNumberOfMessagesNotVisible) === 0 &&
      Number(Attributes.ApproximateNumberOfMessagesDelayed) === 0
    );
  }

  const pollers = Array.from({ length: maximumConcurrency }, poll);
  return {
    async drained({ signal } = {}) {
      while (!(await isEmpty()) || inFlight > 0) {
        signal?.throwIfAborted();
        if (stopping) throw new Error('the event source was stopped before the queue was empty');
        await polled.promise;
      }
    },
    async stop() {
      stopping = true;
      await Promise.all(pollers);
    },
  };
}
