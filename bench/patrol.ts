import { setTimeout as delay } from 'node:timers/promises';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { startEventSource } from '../local/emulators/lambda/event-source.ts';
import { SERVERLESS_FILE } from '../local/emulators/lambda/lambda.ts';
import { readServerlessConfig } from '../local/emulators/lambda/serverless-config.ts';
import { WORKOS_LIMITS } from '../local/emulators/workos.ts';
import { PATROL_ITEM } from '../src/patrol/patrol-state.ts';
import { numberedUser } from '../test/fixtures/numbered-user.ts';
import { type DualRun, startDualRun } from '../test/rigs/dual-run.ts';
import { poolOf, startPatrolRig } from '../test/rigs/patrol-rig.ts';
import { concurrencyOf } from './consumer-queue.ts';
import { LATENCY_MS } from './consumer-throughput.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** The rate of the measured round, far above the default, so that it ends in this life. */
const REQUESTS_PER_SECOND = 30;
const PAGE = 60;

/** A sweep of a pool that did not change. */
type Sweep = { users: number; requests: number; pages: number; seconds: number; ideal: number };

/** Milliseconds from a sign-up to its outcome, without and with a full round of new users under way. */
type Latency = { alone: Spread; beside: Spread; published: number; seconds: number };

export type PatrolMeasurements = { sweep: Sweep; unchangedRequests: number; latency: Latency };

const POOL_USERS = 600;
const LIVE_USERS = 60;
const LIVE_EVERY_MS = 250;

/** @param options.users of the pool that the sweep lists. */
export async function measurePatrol(options: {
  users: number;
  signal: AbortSignal;
}): Promise<PatrolMeasurements> {
  const sweep = await measureSweep(options.users);
  options.signal.throwIfAborted();
  return { sweep, ...(await measureDeployed(options.signal)) };
}

async function measureSweep(users: number): Promise<Sweep> {
  const rig = await startPatrolRig({
    users: poolOf(users),
    requestsPerSecond: REQUESTS_PER_SECOND,
  });
  try {
    await rig.dynamodb.client.send(
      new UpdateItemCommand({
        TableName: rig.dynamodb.table,
        Key: { sub: { S: PATROL_ITEM } },
        UpdateExpression: 'SET finishedBegunAt = :now',
        ExpressionAttributeValues: { ':now': { S: new Date().toISOString() } },
      }),
    );
    const pages = Math.ceil(users / PAGE);
    const begun = performance.now();
    await rig.invoke({}, { timeMs: 3_600_000 });
    const seconds = (performance.now() - begun) / 1_000;
    const { PatrolUsersListed, PatrolRequests = 0 } = rig.counts;
    if (PatrolUsersListed !== users) throw new Error(`the sweep listed ${PatrolUsersListed}`);
    return { users, requests: PatrolRequests, pages, seconds, ideal: pages / REQUESTS_PER_SECOND };
  } finally {
    await rig.close();
  }
}

async function measureDeployed(signal: AbortSignal) {
  const config = await readServerlessConfig(SERVERLESS_FILE);
  const eventSource = config.functions.find(({ name }) => name === 'consumer')?.eventSource;
  const dual = await startDualRun({
    ledger: true,
    cognito: { users: poolOf(POOL_USERS) },
    workos: { limits: WORKOS_LIMITS, latencyMs: () => LATENCY_MS },
    env: { consumer: { SYNC_CONSUMER_CONCURRENCY: String(concurrencyOf(config)) } },
    visibilityTimeoutSeconds: config.queue.visibilityTimeoutSeconds,
  });
  const source = startEventSource({
    client: dual.queue.client,
    queueUrl: dual.queue.queueUrl,
    queueArn: dual.queue.queueArn,
    ...eventSource,
    invoke: (event) => dual.lambda.invoke('consumer', event),
  });
  try {
    // The first ones of each sandbox are its cold start.
    await liveLatencies(dual, 9_000_000, signal);
    const alone = await liveLatencies(dual, 1_000_000, signal);
    const begun = performance.now();
    const round = patrol(dual, { full: true });
    const beside = await liveLatencies(dual, 2_000_000, signal);
    await round;
    await source.drained();
    const seconds = (performance.now() - begun) / 1_000;
    dual.workos.control.clear();
    await patrol(dual, { full: true });
    await source.drained();
    const { reads, writes } = dual.workos.control.countRequests();
    const latency = { alone, beside, published: POOL_USERS, seconds };
    return { unchangedRequests: reads + writes, latency };
  } finally {
    await source.stop();
    await dual.close();
  }
}

const answerSchema = v.looseObject({ done: v.boolean() });

async function patrol(dual: DualRun, event: unknown): Promise<void> {
  let next = event;
  do next = await dual.lambda.invoke('patrol', next);
  while (!v.parse(answerSchema, next).done);
}

/** New users sign up one after another; how long each takes until its outcome is logged. */
async function liveLatencies(dual: DualRun, from: number, signal: AbortSignal): Promise<Spread> {
  const sent = new Map<string, number>();
  const latencies: number[] = [];
  let seen = dual.logs.length;
  const look = () => {
    for (; seen < dual.logs.length; seen++) {
      const line = dual.logs[seen] ?? '';
      if (!line.includes('observation mirrored')) continue;
      const { sub } = JSON.parse(line);
      const at = sent.get(sub);
      if (at === undefined) continue;
      latencies.push(performance.now() - at);
      sent.delete(sub);
    }
  };
  const watch = setInterval(look, 2);
  try {
    for (let n = 0; n < LIVE_USERS; n++) {
      const user = numberedUser(from + n, { observedAt: new Date().toISOString() });
      sent.set(user.sub, performance.now());
      await dual.enqueueOld(user, user.sub);
      await delay(LIVE_EVERY_MS, undefined, { signal });
    }
    while (sent.size > 0) await delay(10, undefined, { signal });
    return spreadOf(latencies);
  } finally {
    clearInterval(watch);
  }
}
