import { setTimeout as delay } from 'node:timers/promises';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type LocalDynamodb, startDynamodb } from '../../local/emulators/dynamodb.ts';
import { LOCAL_CREDENTIALS, type LocalQueue, startQueue } from '../../local/emulators/sqs.ts';
import { readQueueDepth } from '../../src/aws/queue-depth.ts';
import { connectPatrol, type PatrolClients } from '../../src/patrol/connect-patrol.ts';
import type { PatrolAnswer } from '../../src/patrol/patrol.ts';
import { type PatrolState, readPatrolState } from '../../src/patrol/patrol-state.ts';
import type { CountMetric } from '../../src/telemetry/telemetry.ts';
import { decodeMessage } from '../../src/user/message.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { numberedSub } from '../fixtures/numbered-user.ts';
import {
  cognitoUser,
  type GeneratedUsers,
  type StrictCognito,
  type StrictCognitoOptions,
  startStrictCognito,
} from '../stand-ins/strict-cognito.ts';

/** When a process is killed: before a request is sent, or when its answer has come. */
export type Kill = (command: string, moment: 'before' | 'after') => boolean;

export type PatrolInvocation = {
  /** Milliseconds until the invocation has to end. Default: a minute. */
  timeMs?: number;
  /** Ends its time earlier. */
  end?: AbortSignal;
  /** Asked about each request; true: the process does nothing more, and the answer never comes. */
  kill?: Kill;
};

/** The patrol on a strict pool, a queue and a table. */
export type PatrolRig = {
  pool: StrictCognito;
  queue: LocalQueue;
  dynamodb: LocalDynamodb;
  counts: Partial<Record<CountMetric, number>>;
  logs: { message: string; fields: Record<string, unknown> | undefined }[];
  /** Users whose messages the consumer has received, in order. */
  received: ObservedUser[];
  /** The most messages that the queue ever held. */
  mostWaiting(): number;
  /** One invocation, in a process of its own. Undefined where it was killed. */
  invoke(event?: unknown, options?: PatrolInvocation): Promise<PatrolAnswer | undefined>;
  /** Repeats it as the state machine does, without its waits, until it is done and all messages are received. */
  patrol(event?: unknown, options?: PatrolInvocation): Promise<PatrolAnswer>;
  /** The consumer's pause after each message, in milliseconds; undefined stops it. */
  consume(pauseMs: number | undefined): void;
  /** Resolves when nothing waits in the queue. */
  drained(): Promise<void>;
  state(): Promise<PatrolState>;
  close(): Promise<void>;
};

export const LEASE_MS = 400;
const TIMES = {
  leaseMs: LEASE_MS,
  heartbeatMs: 50,
  patience: { firstDelayMs: 1, longestDelayMs: 20, troubleMs: 5_000, answerMs: 2_500 },
};

/** So many confirmed users, changed long ago. */
export function poolOf(count: number): GeneratedUsers {
  return {
    count,
    record: (n) =>
      cognitoUser({
        sub: numberedSub(n),
        email: `person-${n}@example.com`,
        email_verified: 'true',
      }),
    indexOf: (sub) => {
      const n = Number(sub.slice(-12));
      return sub === numberedSub(n) && n < count ? n : undefined;
    },
  };
}

type AnyClient = {
  middlewareStack: {
    add(
      middleware: (
        next: (args: never) => unknown,
        context: { commandName?: string },
      ) => (args: never) => unknown,
      options: { step: 'initialize'; name: string },
    ): void;
  };
};

function passRequests(
  client: AnyClient,
  pass: (command: string, moment: 'before' | 'after') => Promise<void>,
): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const command = commandName.replace(/Command$/, '');
        await pass(command, 'before');
        const result = await next(args);
        await pass(command, 'after');
        return result;
      },
    { step: 'initialize', name: 'passRequests' },
  );
}

/** @param options.requestsPerSecond default 2,000, so that tests are fast. */
export async function startPatrolRig(
  options: StrictCognitoOptions & { requestsPerSecond?: number } = {},
): Promise<PatrolRig> {
  const { requestsPerSecond = 2_000 } = options;
  const pool = await startStrictCognito(options);
  const queue = await startQueue();
  const dynamodb = await startDynamodb();
  const clients: { destroy(): void }[] = [];
  const counts: PatrolRig['counts'] = {};
  const logs: PatrolRig['logs'] = [];
  const received: ObservedUser[] = [];
  let pauseMs: number | undefined = 0;
  let most = 0;
  const closed = new AbortController();
  const consumer = consumeMessages();

  async function consumeMessages(): Promise<void> {
    while (!closed.signal.aborted) {
      const { visible, inFlight } = await readQueueDepth(
        queue.client,
        queue.queueUrl,
        new AbortController().signal,
      );
      most = Math.max(most, visible + inFlight);
      if (pauseMs === undefined || visible === 0) await delay(5);
      else await receive(pauseMs);
    }
  }

  async function receive(pause: number): Promise<void> {
    const QueueUrl = queue.queueUrl;
    const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await queue.client.send(command);
    await delay(pause * Messages.length);
    const entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
    if (entries.length === 0) return;
    await queue.client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: entries }));
    for (const { Body = '' } of Messages) {
      const message = decodeMessage(Body);
      if (message.kind === 'message') received.push(message.user);
    }
  }

  function connect({ kill }: PatrolInvocation, onKilled: () => void): PatrolClients {
    const aws = { region: 'eu-central-1', credentials: LOCAL_CREDENTIALS };
    const connected = {
      cognito: new CognitoIdentityProviderClient({
        ...aws,
        endpoint: pool.endpoint,
        maxAttempts: 1,
      }),
      sqs: new SQSClient({ ...aws, endpoint: queue.endpoint }),
      dynamodb: new DynamoDBClient({ ...aws, endpoint: dynamodb.endpoint }),
    };
    let isKilled = false;
    const pass = async (command: string, moment: 'before' | 'after') => {
      isKilled ||= kill?.(command, moment) === true;
      if (!isKilled) return;
      onKilled();
      await new Promise(() => {});
    };
    for (const client of Object.values(connected)) {
      clients.push(client);
      passRequests(client, pass);
    }
    return connected;
  }

  const log = (message: string, fields?: Record<string, unknown>) =>
    void logs.push({ message, fields });

  const rig: PatrolRig = {
    pool,
    queue,
    dynamodb,
    counts,
    logs,
    received,
    mostWaiting: () => most,
    consume: (pause) => {
      pauseMs = pause;
    },
    async invoke(event = {}, invocation = {}) {
      const killed = Promise.withResolvers<undefined>();
      const { timeMs = 60_000, end } = invocation;
      const patrol = connectPatrol({
        config: {
          userPoolId: pool.userPoolId,
          queueUrl: queue.queueUrl,
          table: dynamodb.table,
          requestsPerSecond,
        },
        clients: connect(invocation, () => killed.resolve(undefined)),
        log: { info: log, warn: log, error: log },
        counters: {
          count: (metric, by = 1) => {
            counts[metric] = (counts[metric] ?? 0) + by;
          },
          observationAge: () => {},
        },
        onHeartbeat: () => {},
        times: TIMES,
      });
      return Promise.race([
        patrol(event, AbortSignal.any([AbortSignal.timeout(timeMs), ...(end ? [end] : [])])),
        killed.promise,
      ]);
    },
    async patrol(event = {}, invocation = {}) {
      let next: unknown = event;
      for (;;) {
        const answer = await rig.invoke(next, invocation);
        if (answer?.done) {
          await rig.drained();
          return answer;
        }
        if (answer) next = answer;
      }
    },
    async drained() {
      for (;;) {
        const signal = new AbortController().signal;
        const { visible, inFlight } = await readQueueDepth(queue.client, queue.queueUrl, signal);
        if (visible + inFlight === 0) return;
        await delay(5);
      }
    },
    state: () => readPatrolState(dynamodb),
    async close() {
      closed.abort();
      await consumer;
      for (const client of clients) client.destroy();
      await queue.close();
      await dynamodb.close();
      await pool.close();
    },
  };
  return rig;
}
