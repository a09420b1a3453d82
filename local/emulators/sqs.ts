import type { AddressInfo } from 'node:net';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';

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
export type SentMessage = { queueUrl: string; groupId: string; body: string };

export type LocalQueueOptions = {
  region?: string;
  visibilityTimeoutSeconds?: number;
  maxReceiveCount?: number;
  /** After each message that was sent to any queue. */
  onSend?: ((message: SentMessage) => void) | undefined;
};

const FIFO = {
  FifoQueue: 'true',
  DeduplicationScope: 'messageGroup',
  FifoThroughputLimit: 'perMessageGroupId',
};

/** What the sandboxed functions and this process sign with; nothing here checks it. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** An SQS on this machine, with the FIFO queue, its FIFO dead-letter queue and the queue of pool changes. */
export async function startQueue(options: LocalQueueOptions = {}): Promise<LocalQueue> {
  const { region = 'us-east-1', visibilityTimeoutSeconds = 30, maxReceiveCount = 1000 } = options;
  const app = await startFauxqs(region, options.onSend);
  const endpoint = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const client = new SQSClient({ endpoint, region, credentials: LOCAL_CREDENTIALS });

  const deadLetterQueue = await createQueue(client, endpoint, 'cognito-workos-sync-dlq.fifo', FIFO);
  const changes = await createQueue(client, endpoint, 'cognito-workos-sync-pool-changes');
  const queue = await createQueue(client, endpoint, 'cognito-workos-sync.fifo', {
    ...FIFO,
    VisibilityTimeout: String(visibilityTimeoutSeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetterQueue.arn, maxReceiveCount }),
  });
  return {
    endpoint,
    queueUrl: queue.url,
    queueArn: queue.arn,
    deadLetterQueueUrl: deadLetterQueue.url,
    changes: { queueUrl: changes.url, queueArn: changes.arn },
    client,
    async close() {
      client.destroy();
      await app.close();
    },
  };
}

// Not fauxqs's own `startFauxqs`, which listens on every interface.
async function startFauxqs(region: string, onSend: LocalQueueOptions['onSend']) {
  const app = buildApp({ logger: false, defaultRegion: region });
  app.addHook('onResponse', async (request, reply) => {
    if (!onSend || reply.statusCode !== 200) return;
    for (const message of sentMessages(request.headers['x-amz-target'], request.body)) {
      onSend(message);
    }
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app;
}

type SendRequest = { QueueUrl?: string; MessageGroupId?: string; MessageBody?: string };

/** The messages of SendMessage or SendMessageBatch. */
function sentMessages(action: unknown, body: unknown): SentMessage[] {
  const request = body as SendRequest & { Entries?: SendRequest[] };
  const queueUrl = request?.QueueUrl ?? '';
  const toMessage = ({ MessageGroupId = '', MessageBody = '' }: SendRequest) => ({
    queueUrl,
    groupId: MessageGroupId,
    body: MessageBody,
  });
  if (action === 'AmazonSQS.SendMessage') return [toMessage(request)];
  return action === 'AmazonSQS.SendMessageBatch' ? (request.Entries ?? []).map(toMessage) : [];
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
