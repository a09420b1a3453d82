import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalDynamodb, startDynamodb } from '../../local/emulators/dynamodb.ts';
import { startEventSource } from '../../local/emulators/lambda/event-source.ts';
import { decodeMessage } from '../../src/user/message.ts';
import { createRandom } from '../fixtures/random.ts';
import { type DualRun, metricTotals, receiveAll, startDualRun } from '../rigs/dual-run.ts';
import { type Chaos, createChaos } from './chaos.ts';
import { type DynamodbProxy, startDynamodbProxy } from './dynamodb-proxy.ts';
import { findDifferences, isRefused } from './oracle.ts';
import { createWorld, type World } from './world.ts';

const SECONDS = Number(process.env.SOAK_SECONDS ?? 120);
const SEED = Number(process.env.SOAK_SEED ?? Date.now() % 1_000_000);
/** `ledger` or `leases`: how the soak is shown to fail. */
const WITHOUT = process.env.SOAK_WITHOUT;
const CONSUMERS = 4;
const PEOPLE_PER_SECOND = 2;
/** WorkOS's own, divided so that this machine's load meets them. */
const LIMITS = { readsPer10s: 150, writesPer10s: 75, requestsPer60s: 900 };
/** Waits that have grown while things failed are done by then. */
const DRAIN_MS = 240_000;
/** The application's. */
const READS_PER_SECOND = 5;

let dynamodb: LocalDynamodb;
let proxy: DynamodbProxy;
let run: DualRun;
let chaos: Chaos;
let world: World;

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
    // Longer than a batch takes with everything that goes wrong: as in serverless.yml, nobody is given a
    // message that somebody works on.
    visibilityTimeoutSeconds: 30,
    env: {
      consumer: {
        // Far more than this WorkOS allows, so that it refuses.
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

/** People come, a few a second; so that WorkOS's limits are met, the application asks, too. */
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
          // Some requests hang, these too.
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

describe('four consumers under load, attack and failure', () => {
  it('leave WorkOS as the rules have it of what Cognito shows in the end', async () => {
    const source = startEventSource({
      client: run.queue.client,
      queueUrl: run.queue.queueUrl,
      queueArn: run.queue.queueArn,
      maximumConcurrency: CONSUMERS,
      invoke: (event) => run.lambda.invoke('consumer', event),
    });
    const end = new AbortController();
    const troubles = [chaos.run(end.signal), useApplication(end.signal)];
    await liveThrough(SECONDS);
    end.abort();
    await Promise.all(troubles);
    const before = run.logs.length;
    const isDrained = await source.drained({ signal: AbortSignal.timeout(DRAIN_MS) }).then(
      () => true,
      () => false,
    );
    await source.stop();
    // What is still retried, though nothing fails any more.
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

  it('dead-letter those whom WorkOS refuses, and nobody else', async () => {
    const letters = await receiveAll(run.queue.client, run.queue.deadLetterQueueUrl);
    const subs = letters.map(({ Body = '' }) => {
      const message = decodeMessage(Body);
      return message.kind === 'message' ? message.user.sub : message.reason;
    });
    const refused = [...world.profiles.values()].filter(({ now }) => isRefused(now));
    expect(new Set(subs)).toEqual(new Set(refused.map(({ now }) => now.sub)));
    // Once for the same state; where DynamoDB failed at that moment, once more.
    expect(subs.length).toBeLessThanOrEqual(2 * refused.length);
  });

  it('ask WorkOS only what its API has', () => {
    expect(run.workos.control.schemaViolations).toEqual([]);
  });

  it('meet no error that nobody has foreseen', () => {
    expect(run.logs.filter((line) => line.includes('unexpected error'))).toEqual([]);
  });
});
