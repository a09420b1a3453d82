import { setTimeout as delay } from 'node:timers/promises';
import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { summarizeError } from '../telemetry/summarize-error.ts';
import { BULK_RUN, USAGE } from './usage-report.ts';

const SECOND_MS = 1_000;
/** For how long after an announcement consumers assume that the run goes on. */
const ANNOUNCED_MS = 30_000;
const ANNOUNCED_AGAIN_AFTER_MS = 10_000;
/** When DynamoDB may delete the item of a run that has ended. */
const KEPT_SECONDS = 3_600;

const count = v.pipe(
  v.object({ N: v.string() }),
  v.transform(({ N }) => Number(N)),
);
const usageSchema = v.object({ reads: count, writes: count });

/**
 * Makes a bulk run leave the consumers their part of WorkOS's limits (docs/design.md#share): announces the
 * run in the ledger's table, and every second skips as many requests as the consumers report to have sent.
 *
 * @param dependencies.giveWay called with the consumers' requests of about the last second.
 * @returns ends it; resolves when the end is announced.
 */
export function startGivingWay(dependencies: {
  client: Pick<DynamoDBClient, 'send'>;
  table: string;
  clock: () => Date;
  giveWay: (used: { reads: number; writes: number }) => void;
  onUnavailable: (failure: { action: string; name: string }) => void;
}): () => Promise<void> {
  const { client, table: TableName, clock, giveWay, onUnavailable } = dependencies;
  const end = new AbortController();
  let announcedAt = Number.NEGATIVE_INFINITY;
  let before: { reads: number; writes: number } | undefined;

  async function announce(forMs: number): Promise<void> {
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: { sub: { S: BULK_RUN } },
        UpdateExpression: 'SET #until = :until, expiresAt = :expires',
        ExpressionAttributeNames: { '#until': 'until' },
        ExpressionAttributeValues: {
          ':until': { N: String(clock().getTime() + forMs) },
          ':expires': { N: String(Math.ceil(clock().getTime() / 1000) + KEPT_SECONDS) },
        },
      }),
    );
  }

  async function look(): Promise<void> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: { sub: { S: USAGE } }, ConsistentRead: true }),
    );
    const parsed = v.safeParse(usageSchema, Item);
    const now = parsed.success ? parsed.output : { reads: 0, writes: 0 };
    if (before) {
      giveWay({ reads: now.reads - before.reads, writes: now.writes - before.writes });
    }
    before = now;
  }

  async function run(): Promise<void> {
    while (!end.signal.aborted) {
      try {
        if (performance.now() - announcedAt > ANNOUNCED_AGAIN_AFTER_MS) {
          await announce(ANNOUNCED_MS);
          announcedAt = performance.now();
        }
        await look();
      } catch (error) {
        onUnavailable({ action: 'usage', name: summarizeError(error).name });
      }
      await delay(SECOND_MS, undefined, { signal: end.signal }).catch(() => {});
    }
  }

  const running = run();
  return async () => {
    end.abort();
    await running;
    // Otherwise the consumers would report for another half minute.
    await announce(0).catch(() => {});
  };
}
