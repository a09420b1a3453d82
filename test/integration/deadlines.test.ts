import { createServer, type Server } from 'node:net';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createConsumerHandler } from '../../src/consumer/consumer-handler.ts';
import { createPublish } from '../../src/triggers/publish.ts';
import { encodeMessage } from '../../src/user/message.ts';
import { observedUser } from '../fixtures/factories.ts';

// A server that accepts connections and never answers. Without a deadline, a request to it runs into the
// time limit of the test, far above the deadline.
let silent: Server;
let port: number;
beforeEach(async () => {
  silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  port = typeof address === 'object' && address ? address.port : 0;
});
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
  silent.close();
});

it('a publication is lost at its deadline when SQS accepts the connection and never answers', async () => {
  const endpoint = `http://127.0.0.1:${port}`;
  const sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials });
  closing.push(() => sqs.destroy());
  const publish = createPublish({ sqs, queueUrl: `${endpoint}/1/q.fifo`, timeoutMs: 50 });
  expect(await publish({ user: observedUser() }, 'request-1')).toEqual({
    kind: 'lost',
    error: { name: 'PublicationTimeout' },
  });
}, 5_000);

it('the consumer returns its messages as failed before the invocation times out when WorkOS never answers', async () => {
  process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey;
  process.env.AWS_REGION = 'us-east-1';
  const handler = createConsumerHandler({
    service: 'consumer',
    env: {
      // Connections are refused at once: the visibility timeout is not under test.
      SYNC_QUEUE_URL: 'http://127.0.0.1:1/1/q.fifo',
      SYNC_DLQ_URL: 'http://127.0.0.1:1/1/dlq.fifo',
      WORKOS_API_KEY: 'sk_test',
      WORKOS_API_HOSTNAME: '127.0.0.1',
      WORKOS_API_PORT: String(port),
      WORKOS_API_HTTPS: 'false',
    },
  });
  const record = {
    messageId: 'waiting',
    receiptHandle: 'handle',
    body: encodeMessage(observedUser()),
    attributes: { MessageGroupId: 'group', ApproximateReceiveCount: '1' },
  };
  const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 2_000 };
  const answer = await invoke(handler, { Records: [record] }, context);
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'waiting' }] });
}, 5_000);

/** Calls the handler as Lambda does, with JSON of unchecked types. */
function invoke(handler: unknown, event: unknown, context: unknown): Promise<unknown> {
  if (typeof handler !== 'function') throw new TypeError('not a handler');
  return handler(event, context);
}
