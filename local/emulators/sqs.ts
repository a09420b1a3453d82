import type { AddressInfo } from 'node:net';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { readQueueDepth } from '../../src/aws/queue-depth.ts';

export type LocalQueue = {
  /** The SQS endpoint: `AWS_ENDPOINT_URL_SQS`. */
  endpoint: string;
  queueUrl: string;
  queueArn: string;
  deadLetterQueueUrl: string;
  /** The queue of pool changes, which is no FIFO queue. */
  changes: { queueUrl: string; queueArn: string };
  client: SQSClient;
  close(): Promise<void>;
};

/** `groupId` is empty for a queue that is no FIFO queue. */
export type SentMessage = {
  queueUrl: string;
  groupId: string;
  body: string;
  messageId: string;
  /** The message attribute `reason`, which dead letters have. */
  reason?: string | undefined;
};

export type LocalQueueOptions = {
  region?: string;
  visibilityTimeoutSeconds?: number;
  maxReceiveCount?: number;
  /** After each message that was sent to any queue; not after one that the queue already had (deduplication). */
  onSend?: ((message: SentMessage) => void) | undefined;
  /** How many messages the dead-letter queue has, after some were deleted. */
  onDeadLetters?: ((count: number) => void) | undefined;
};

const FIFO = {
  FifoQueue: 'true',
  DeduplicationScope: 'messageGroup',
  FifoThroughputLimit: 'perMessageGroupId',
};

const DEAD_LETTER_QUEUE = 'cognito-workos-sync-dlq';

/** What the sandboxed functions and this process sign with; nothing here checks it. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** An SQS on this machine, with the FIFO queue, its FIFO dead-letter queue and the queue of pool changes. */
export async function startQueue(options: LocalQueueOptions = {}): Promise<LocalQueue> {
  const { region = 'us-east-1', visibilityTimeoutSeconds = 30, maxReceiveCount = 1000 } = options;
  const { onDeadLetters } = options;
  const onRemove = (queueUrl: string) => {
    if (onDeadLetters && queueUrl.includes(DEAD_LETTER_QUEUE)) void countDeadLetters(queueUrl);
  };
  const app = await startFauxqs(region, options.onSend, onRemove);
  const endpoint = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const client = new SQSClient({ endpoint, region, credentials: LOCAL_CREDENTIALS });

  const closing = new AbortController();
  const deadLetterQueue = await createQueue(client, endpoint, `${DEAD_LETTER_QUEUE}.fifo`, FIFO);
  const changes = await createQueue(client, endpoint, 'cognito-workos-sync-pool-changes');
  const queue = await createQueue(client, endpoint, 'cognito-workos-sync.fifo', {
    ...FIFO,
    VisibilityTimeout: String(visibilityTimeoutSeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetterQueue.arn, maxReceiveCount }),
  });
  async function countDeadLetters(queueUrl: string): Promise<void> {
    const depth = await readQueueDepth(client, queueUrl, closing.signal).catch(() => undefined);
    if (depth) onDeadLetters?.(depth.visible + depth.inFlight + depth.delayed);
  }
  return {
    endpoint,
    queueUrl: queue.url,
    queueArn: queue.arn,
    deadLetterQueueUrl: deadLetterQueue.url,
    changes: { queueUrl: changes.url, queueArn: changes.arn },
    client,
    async close() {
      closing.abort();
      client.destroy();
      await app.close();
    },
  };
}

// Not fauxqs's own `startFauxqs`, which listens on every interface.
async function startFauxqs(
  region: string,
  onSend: LocalQueueOptions['onSend'],
  onRemove: (queueUrl: string) => void,
) {
  const app = buildApp({ logger: false, defaultRegion: region });
  const isNew = createNewness();
  app.addHook('onSend', async (request, reply, payload) => {
    const action = String(request.headers['x-amz-target']);
    if (reply.statusCode !== 200) return payload;
    if (onSend && action.startsWith('AmazonSQS.SendMessage')) {
      const messages = sentMessages(action, request.body, String(payload));
      for (const message of messages) if (isNew(message)) onSend(message);
    } else if (/DeleteMessage|PurgeQueue/.test(action)) {
      onRemove((request.body as SendRequest).QueueUrl ?? '');
    }
    return payload;
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app;
}

/** Far more than are sent in the five minutes for which SQS deduplicates. */
const REMEMBERED_IDS = 20_000;

/** SQS answers a message that it already had with the id of the first one, and adds nothing to the queue. */
function createNewness(): (message: SentMessage) => boolean {
  const known = new Set<string>();
  return ({ messageId }) => {
    if (known.has(messageId)) return false;
    known.add(messageId);
    const [oldest = ''] = known;
    if (known.size > REMEMBERED_IDS) known.delete(oldest);
    return true;
  };
}

type SendRequest = {
  Id?: string;
  QueueUrl?: string;
  MessageGroupId?: string;
  MessageBody?: string;
  MessageAttributes?: { reason?: { StringValue?: string } };
};
type SendAnswer = { MessageId?: string; Successful?: { Id: string; MessageId: string }[] };

/** The messages of SendMessage or SendMessageBatch that were accepted. */
function sentMessages(action: string, body: unknown, payload: string): SentMessage[] {
  const request = body as SendRequest & { Entries?: SendRequest[] };
  const answer: SendAnswer = JSON.parse(payload);
  const toMessage = (message: SendRequest, messageId: string) => ({
    queueUrl: request.QueueUrl ?? '',
    groupId: message.MessageGroupId ?? '',
    body: message.MessageBody ?? '',
    messageId,
    reason: message.MessageAttributes?.reason?.StringValue,
  });
  if (action === 'AmazonSQS.SendMessage') return [toMessage(request, answer.MessageId ?? '')];
  return (answer.Successful ?? []).flatMap(({ Id, MessageId }) => {
    const message = request.Entries?.find((entry) => entry.Id === Id);
    return message ? [toMessage(message, MessageId)] : [];
  });
}

// The answered address has a host name that not every machine resolves; the path is what counts.
async function createQueue(client: SQSClient, endpoint: string, name: string, attributes = {}) {
  const { QueueUrl = '' } = await client.send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: { MessageRetentionPeriod: '1209600', ...attributes },
    }),
  );
  const url = endpoint + new URL(QueueUrl).pathname;
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
  );
  return { url, arn: Attributes?.QueueArn ?? '' };
}
