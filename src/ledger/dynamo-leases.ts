import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { classifyAwsError } from '../aws/classify-aws-error.ts';
import type { Leases } from '../mirror/leases.ts';
import { summarizeError } from '../telemetry/summarize-error.ts';
import { RetryableError } from '../workos/users.ts';

/** Longer than the requests of one decision take; a process that dies leaves the user alone for so long. */
const LEASE_MS = 15_000;
/** Another process needs the time of a few requests. */
const WAIT_MS = 10_000;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 400;
/** More than the clocks of two Lambdas differ. */
const CLOCKS_DIFFER_MS = 2_000;
/** When DynamoDB may drop the item, after its last use (DynamoDB developer guide, Time to Live). */
const KEPT_MS = 3_600_000;

const number = v.fallback(v.optional(v.object({ N: v.string() })), undefined);
const heldSchema = v.object({ until: number, releasedAt: number });

/**
 * Leases by WorkOS user id, as items of the ledger's table. They expire by themselves, so that a process
 * that dies blocks nobody for long; where DynamoDB cannot be asked, the work is done without one.
 */
export function createDynamoLeases(dependencies: {
  client: Pick<DynamoDBClient, 'send'>;
  table: string;
  now?: () => number;
  /** Told of each request that failed. Safe to log. */
  onUnavailable: (failure: { action: string; name: string }) => void;
}): Leases {
  const { client, table: TableName, now = Date.now, onUnavailable } = dependencies;

  return {
    async hold(workosUserId, since, work, signal) {
      const key = `lease#${workosUserId}`;
      const owner = randomUUID();
      const releasedAt = await acquire(key, owner, signal);
      if (releasedAt === 'unavailable') return work(true, signal);
      const ends = AbortSignal.timeout(LEASE_MS - CLOCKS_DIFFER_MS);
      try {
        const isFresh = releasedAt < since - CLOCKS_DIFFER_MS;
        return await work(isFresh, signal ? AbortSignal.any([signal, ends]) : ends);
      } finally {
        await release(key, owner);
      }
    },
  };

  /**
   * @returns when the last process let go of it, in milliseconds since the epoch; 0: none has.
   * @throws RetryableError
   */
  async function acquire(
    key: string,
    owner: string,
    signal: AbortSignal | undefined,
  ): Promise<number | 'unavailable'> {
    const deadline = now() + WAIT_MS;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const answer = await tryAcquire(key, owner);
      if (answer !== 'held') return answer;
      if (now() > deadline) throw new RetryableError('another process holds the WorkOS user');
      // Two that wait for the same one should not come back at the same moment.
      const wait = pause * (0.5 + Math.random());
      await delay(wait, undefined, signal ? { signal } : {}).catch((cause: unknown) => {
        throw new RetryableError('no time left to wait for the WorkOS user', { cause });
      });
    }
  }

  async function tryAcquire(key: string, owner: string): Promise<number | 'held' | 'unavailable'> {
    try {
      const { Attributes = {} } = await client.send(
        new UpdateItemCommand({
          TableName,
          Key: { sub: { S: key } },
          UpdateExpression: 'SET #owner = :owner, #until = :until, expiresAt = :expires',
          ConditionExpression: 'attribute_not_exists(#until) OR #until < :now',
          ExpressionAttributeNames: { '#owner': 'owner', '#until': 'until' },
          ExpressionAttributeValues: {
            ':owner': { S: owner },
            ':until': { N: String(now() + LEASE_MS) },
            ':now': { N: String(now()) },
            ':expires': { N: String(Math.ceil((now() + KEPT_MS) / 1000)) },
          },
          ReturnValues: 'ALL_OLD',
        }),
      );
      const { until, releasedAt } = v.parse(heldSchema, Attributes);
      // One that was never let go of ended with its time.
      return Number(until?.N ?? releasedAt?.N ?? 0);
    } catch (error) {
      if (classifyAwsError(error).kind === 'condition_failed') return 'held';
      onUnavailable({ action: 'UpdateItem', name: summarizeError(error).name });
      return 'unavailable';
    }
  }

  async function release(key: string, owner: string): Promise<void> {
    try {
      await client.send(
        new UpdateItemCommand({
          TableName,
          Key: { sub: { S: key } },
          UpdateExpression: 'SET releasedAt = :now REMOVE #until',
          ConditionExpression: '#owner = :owner',
          ExpressionAttributeNames: { '#owner': 'owner', '#until': 'until' },
          ExpressionAttributeValues: { ':owner': { S: owner }, ':now': { N: String(now()) } },
        }),
      );
    } catch (error) {
      if (classifyAwsError(error).kind === 'condition_failed') return;
      // It expires by itself.
      onUnavailable({ action: 'UpdateItem', name: summarizeError(error).name });
    }
  }
}
