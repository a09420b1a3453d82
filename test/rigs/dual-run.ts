import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type LocalDynamodb, startDynamodb } from '../../local/emulators/dynamodb.ts';
import { startEventSource } from '../../local/emulators/lambda/event-source.ts';
import { type LocalLambda, startLambda } from '../../local/emulators/lambda/lambda.ts';
import { LOCAL_CREDENTIALS, type LocalQueue, startQueue } from '../../local/emulators/sqs.ts';
import {
  type StrictWorkos,
  type StrictWorkosOptions,
  startStrictWorkos,
} from '../../local/emulators/workos.ts';
import { encodeMessage } from '../../src/user/message.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { showInPool } from '../fixtures/cognito-records.ts';
import {
  type StrictCognito,
  type StrictCognitoOptions,
  startStrictCognito,
} from '../stand-ins/strict-cognito.ts';

type Variables = Record<string, string>;

export type DualRunOptions = {
  workos?: StrictWorkosOptions;
  /** Environment variables of single functions, over those of a correct deployment; '' unsets one. */
  env?: {
    postConfirmation?: Variables;
    preAuthentication?: Variables;
    postAuthentication?: Variables;
    carryPassword?: Variables;
    consumer?: Variables;
    patrol?: Variables;
  };
  cognito?: StrictCognitoOptions;
  visibilityTimeoutSeconds?: number;
  /** Whether the consumer has its ledger. Default false, so that every observation sends its requests to WorkOS. */
  ledger?: boolean;
};

/** The deployed functions, bundled as they are deployed, on real SQS and a strict WorkOS. */
export type DualRun = {
  lambda: LocalLambda;
  queue: LocalQueue;
  workos: StrictWorkos;
  /** The pool that the consumer reads; `enqueue` sets it to show the enqueued user. */
  cognito: StrictCognito;
  /** The ledger's table; undefined without `options.ledger`. */
  dynamodb: LocalDynamodb | undefined;
  /** Every line the functions have written. */
  logs: string[];
  /** Puts a user on the queue as the triggers do; `id` is the deduplication id. */
  enqueue(user: ObservedUser, id: string): Promise<void>;
  /** The same for an observation that is out of date: the pool is left as it is. */
  enqueueOld(user: ObservedUser, id: string): Promise<void>;
  enqueueBody(body: string, group: string, id: string): Promise<void>;
  /** Runs the event source until nothing waits and nothing is in flight. */
  drain(): Promise<void>;
  close(): Promise<void>;
};

export async function startDualRun(options: DualRunOptions = {}): Promise<DualRun> {
  const { visibilityTimeoutSeconds = 5, env = {} } = options;
  const workos = await startStrictWorkos(options.workos);
  const cognito = await startStrictCognito(options.cognito);
  const dynamodb = options.ledger ? await startDynamodb() : undefined;
  const queue = await startQueue({ visibilityTimeoutSeconds });
  const logs: string[] = [];
  const aws = {
    AWS_ENDPOINT_URL_SQS: queue.endpoint,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
  };
  const trigger = { ...aws, SYNC_QUEUE_URL: queue.queueUrl };
  const reader = {
    ...trigger,
    SYNC_USER_POOL_ID: cognito.userPoolId,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.endpoint,
  };
  const consumer = {
    ...reader,
    SYNC_DLQ_URL: queue.deadLetterQueueUrl,
    ...(dynamodb && {
      SYNC_LEDGER_TABLE: dynamodb.table,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    }),
    WORKOS_API_KEY: workos.apiKey,
    WORKOS_API_KEY_PARAMETER: '',
    WORKOS_API_HOSTNAME: workos.hostname,
    WORKOS_API_PORT: String(workos.port),
    WORKOS_API_HTTPS: 'false',
  };
  const lambda = await startLambda({
    env: {
      postConfirmation: { ...trigger, ...env.postConfirmation },
      preAuthentication: { ...trigger, ...env.preAuthentication },
      ...(env.postAuthentication && {
        postAuthentication: { ...trigger, ...env.postAuthentication },
      }),
      ...(env.carryPassword && { carryPassword: { ...reader, ...env.carryPassword } }),
      consumer: { ...consumer, ...env.consumer },
      // Without a ledger there is no patrol: it keeps its state there.
      ...(dynamodb && { patrol: { ...consumer, ...env.patrol } }),
    },
    onLog: (_, line) => logs.push(line),
  });

  const enqueueBody: DualRun['enqueueBody'] = async (body, group, id) => {
    await queue.client.send(
      new SendMessageCommand({
        QueueUrl: queue.queueUrl,
        MessageBody: body,
        MessageGroupId: group,
        MessageDeduplicationId: id,
      }),
    );
  };
  const enqueueOld: DualRun['enqueueOld'] = (user, id) =>
    enqueueBody(encodeMessage(user), user.sub, id);
  return {
    lambda,
    queue,
    workos,
    cognito,
    dynamodb,
    logs,
    enqueueBody,
    enqueueOld,
    enqueue(user, id) {
      showInPool(cognito, user);
      return enqueueOld(user, id);
    },
    async drain() {
      const source = startEventSource({
        client: queue.client,
        queueUrl: queue.queueUrl,
        queueArn: queue.queueArn,
        invoke: (event) => lambda.invoke('consumer', event),
      });
      await source.drained();
      await source.stop();
    },
    async close() {
      await lambda.close();
      await queue.close();
      await workos.close();
      await cognito.close();
      await dynamodb?.close();
    },
  };
}

/** Receives and deletes every waiting message of a queue, in order. */
export async function receiveAll(client: SQSClient, queueUrl: string): Promise<Message[]> {
  const all: Message[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return all;
    all.push(...Messages);
    const entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
  }
}

/** The metrics in the log lines (CloudWatch embedded metric format), added up by name. */
export function metricTotals(lines: readonly string[]): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const line of lines) {
    if (!line.includes('"_aws"')) continue;
    const document = JSON.parse(line);
    for (const { Name } of document._aws.CloudWatchMetrics[0].Metrics) {
      const values = [document[Name]].flat();
      totals[Name] = values.reduce((sum, value) => sum + value, totals[Name] ?? 0);
    }
  }
  return totals;
}
