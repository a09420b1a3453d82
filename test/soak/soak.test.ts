import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalDynamodb, startDynamodb } from '../../local/emulators/dynamodb.ts';
import { startEventSource } from '../../local/emulators/lambda/event-source.ts';
import { decodeMessage } from '../../src/user/message.ts';
import { createRandom } from '../fixtures/random.ts';
import { type DualRun, metricTotals, receiveAll, startDualRun } from '../rigs/dual-run.ts';
import { type DynamodbProxy, startDynamodbProxy } from '../stand-ins/dynamodb-proxy.ts';
import { type Chaos, createChaos } from './chaos.ts';
import { findDifferences, isRefused } from './oracle.ts';
import { createWorld, type SoakWorld } from './world.ts';

const SECONDS = Number(process.env.SOAK_SECONDS ?? 120);
const SEED = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);
/** `ledger` or `leases`: runs without that protection, to show that the soak then fails. */
const WITHOUT = process.env.SOAK_WITHOUT;
const CONSUMERS = 4;
const PEOPLE_PER_SECOND = 2;
/** A fraction of WorkOS's limits (docs/facts.md#workos-rate-limits), which this machine's load reaches. */
const LIMITS = { readsPer10s: 150, writesPer10s: 75, requestsPer60s: 900 };
/** Longer than the retry delays that grow while requests fail. */
const DRAIN_MS = 240_000;
/** Requests of the application that shares WorkOS's limits. */
const READS_PER_SECOND = 5;

let dynamodb: LocalDynamodb;
let proxy: DynamodbProxy;
let run: DualRun;
let chaos: Chaos;
let world: SoakWorld;

beforeAll(async () => {
  console.log(`SOAK_SECONDS=${SECONDS} SOAK_SEED=${SEED}`);
  dynamodb = await startDynamodb();
  const random = createRandom(SEED);
  chaos = createChaos({
    random: createRandom(SEED + 1),
    kill: () => run.lambda.kill('consumer'),
    withoutLeases: WITHOUT === 'leases',
  });
  proxy = await startDynamodbProxy(dynamodb.endpoint, chaos.dynamodbFault);
  run = await startDualRun({
    workos: { limits: LIMITS, latencyMs: () => 5 + 60 * Math.random() },
    // Longer than a batch takes with every failure, as in serverless.yml: a message in flight is not
    // delivered to a second consumer.
    visibilityTimeoutSeconds: 30,
    env: {
      consumer: {
        // More than the limits above allow, so that WorkOS answers 429.
        SYNC_WORKOS_SHARE: '1',
        SYNC_CONSUMER_CONCURRENCY: String(CONSUMERS / 2),
        ...(WITHOUT !== 'ledger' && {
          SYNC_LEDGER_TABLE: dynamodb.table,
          AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
        }),
      },
    },
  });
  run.workos.control.onRequest = chaos.workosFault;
  world = createWorld({ run, workos: run.workos.control, random, flood: 2 * SECONDS });
});
afterAll(async () => {
  await run.close();
  await proxy.close();
  await dynamodb.close();
});

/** Begins a few stories a second and waits until all have ended. */
async function liveThrough(seconds: number): Promise<void> {
  const end = Date.now() + 1_000 * seconds;
  const stories: Promise<void>[] = [];
  while (Date.now() < end) {
    stories.push(world.begin());
    await delay(1_000 / PEOPLE_PER_SECOND);
  }
  await Promise.all(stories);
}

async function useApplication(signal: AbortSignal): Promise<void> {
  const { url, apiKey } = run.workos;
  while (!signal.aborted) {
    const headers = { authorization: `Bearer ${apiKey}` };
    await Promise.all(
      Array.from({ length: READS_PER_SECOND }, () =>
        fetch(`${url}/user_management/users?limit=1`, {
          headers,
          // Chaos makes some of these requests hang, too.
          signal: AbortSignal.timeout(5_000),
        }).then(
          (answer) => answer.text(),
          () => {},
        ),
      ),
    );
    await delay(1_000, undefined, { signal }).catch(() => {});
  }
}

describe('four consumers under load, attacks and failures', () => {
  it('leave WorkOS as the rules require for the final state of Cognito, with no message left to retry', async () => {
    const source = startEventSource({
      client: run.queue.client,
      queueUrl: run.queue.queueUrl,
      queueArn: run.queue.queueArn,
      maximumConcurrency: CONSUMERS,
      invoke: (event) => run.lambda.invoke('consumer', event),
    });
    const end = new AbortController();
    const disturbances = [chaos.run(end.signal), useApplication(end.signal)];
    await liveThrough(SECONDS);
    end.abort();
    await Promise.all(disturbances);
    const before = run.logs.length;
    const isDrained = await source.drained({ signal: AbortSignal.timeout(DRAIN_MS) }).then(
      () => true,
      () => false,
    );
    await source.stop();
    // Messages that are still retried although no request fails any more.
    const retried = run.logs.slice(before).filter((line) => line.includes('will be retried'));
    expect({ isDrained, retried: isDrained ? [] : retried.slice(-20) }).toEqual({
      isDrained: true,
      retried: [],
    });

    const totals = metricTotals(run.logs);
    const limited = run.workos.control.requests.filter(({ status }) => status === 429).length;
    const { messages, profiles } = world;
    console.log(JSON.stringify({ messages, profiles: profiles.size, limited, ...chaos.counts }));
    console.log(JSON.stringify(totals));
    expect(findDifferences(world, run.workos.control.users())).toEqual([]);
  });

  it('dead-letter the users whom WorkOS refuses, at most twice each, and no others', async () => {
    const deadLetters = await receiveAll(run.queue.client, run.queue.deadLetterQueueUrl);
    const subs = deadLetters.map(({ Body = '' }) => {
      const message = decodeMessage(Body);
      return message.kind === 'message' ? message.user.sub : message.kind;
    });
    const refused = [...world.profiles.values()].filter(({ now }) => isRefused(now));
    expect(new Set(subs)).toEqual(new Set(refused.map(({ now }) => now.sub)));
    // Once for each state, and once more where DynamoDB failed at that moment.
    expect(subs.length).toBeLessThanOrEqual(2 * refused.length);
  });

  it('send WorkOS only requests that match the OpenAPI specification', () => {
    expect(run.workos.control.schemaViolations).toEqual([]);
  });

  it('log no unexpected error', () => {
    expect(run.logs.filter((line) => line.includes('unexpected error'))).toEqual([]);
  });
});
