import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { noteAddress } from '../aws/note-address.ts';
import { noteDates } from '../aws/note-dates.ts';
import { readQueueDepth } from '../aws/queue-depth.ts';
import { createServerClock } from '../aws/server-clock.ts';
import { listPages } from '../cognito/list-pages.ts';
import { createPoolRequest, type Patience, type RequestPace } from '../cognito/pool-requests.ts';
import type { PatrolConfig } from '../config/patrol.ts';
import type { Counters, Log } from '../telemetry/telemetry.ts';
import { callAws } from './aws-call.ts';
import { createListUsersPace } from './list-users-pace.ts';
import { createPatrol } from './patrol.ts';
import { createPatrolStore } from './patrol-store.ts';
import { createPublishUsers } from './publish.ts';
import { createQueueRoom } from './queue-room.ts';

/** `cognito` must not retry by itself (`maxAttempts: 1`): the pace counts every request. */
export type PatrolClients = {
  cognito: CognitoIdentityProviderClient;
  sqs: SQSClient;
  dynamodb: DynamoDBClient;
};

/**
 * Connects the patrol to the pool, the queue and the table. Sends nothing before it is invoked.
 *
 * @param dependencies.onHeartbeat see src/patrol/worker.ts.
 * @param dependencies.times how long the parts wait, where a test cannot.
 */
export function connectPatrol(dependencies: {
  config: PatrolConfig;
  clients: PatrolClients;
  log: Log;
  counters: Counters;
  onHeartbeat: () => void;
  times?: { leaseMs?: number; heartbeatMs?: number; patience?: Partial<Patience> };
}): ReturnType<typeof createPatrol> {
  const { config, clients, log, counters, times = {} } = dependencies;
  const { userPoolId, queueUrl, table, requestsPerSecond } = config;
  const { cognito, sqs, dynamodb } = clients;
  const serverClock = createServerClock();
  noteDates(cognito, serverClock);
  const clock = () => serverClock.now();
  const now = () => performance.now();
  const pace = countRequests(createListUsersPace(requestsPerSecond), counters);
  const request = createPoolRequest(userPoolId, times.patience, noteAddress(cognito), pace);
  const ask = (signal: AbortSignal) => () => readQueueDepth(sqs, queueUrl, signal);
  const room = createQueueRoom({
    readDepth: (signal) => callAws('sqs:GetQueueAttributes', queueUrl, ask(signal), signal),
    now,
  });
  return createPatrol({
    ...dependencies,
    ...times,
    store: createPatrolStore({ client: dynamodb, table, ...times }),
    listPages: (options) => listPages({ client: cognito, userPoolId, clock }, request, options),
    publish: createPublishUsers({ sqs, queueUrl, room, log }),
    room,
    clock,
    now,
  });
}

function countRequests(pace: RequestPace, counters: Counters): RequestPace {
  return {
    ...pace,
    async turn(signal) {
      await pace.turn(signal);
      counters.count('PatrolRequests');
    },
    refused(what) {
      if (what === 'TooManyRequestsException') counters.count('PatrolThrottled');
      pace.refused(what);
    },
  };
}
