import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { summarizeError } from '../telemetry/summarize-error.ts';

/**
 * Reports to a running bulk run how many requests the consumers have sent, so that it leaves them their
 * part: both use the limits of one key (docs/design.md#share).
 */
export type UsageReport = {
  sent(kind: 'read' | 'write'): void;
  /** To be called after each batch. Never rejects. */
  report(): Promise<void>;
};

/** The item that exists while a bulk run is running, and the one with the counts. Neither is a possible sub. */
export const BULK_RUN = '#bulk-run';
export const USAGE = '#usage';

/** How often a consumer checks whether a bulk run has started. */
const LOOK_EVERY_MS = 5_000;

const runSchema = v.object({ until: v.object({ N: v.string() }) });

/**
 * Reports only while a bulk run is announced in the table.
 *
 * @param dependencies.onUnavailable called for each request to the table that failed; safe to log.
 */
export function createUsageReport(dependencies: {
  client: Pick<DynamoDBClient, 'send'>;
  table: string;
  clock: () => Date;
  onUnavailable: (failure: { action: string; name: string }) => void;
}): UsageReport {
  const { client, table: TableName, clock, onUnavailable } = dependencies;
  let count = { reads: 0, writes: 0 };
  let lookedAt = 0;
  let runsUntil = 0;

  async function look(now: number): Promise<void> {
    if (now - lookedAt < LOOK_EVERY_MS) return;
    lookedAt = now;
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: { sub: { S: BULK_RUN } } }),
    );
    const run = v.safeParse(runSchema, Item);
    runsUntil = run.success ? Number(run.output.until.N) : 0;
  }

  return {
    sent: (kind) => void count[`${kind}s`]++,
    async report() {
      const now = clock().getTime();
      try {
        await look(now);
        const { reads, writes } = count;
        count = { reads: 0, writes: 0 };
        if (runsUntil < now || reads + writes === 0) return;
        await client.send(
          new UpdateItemCommand({
            TableName,
            Key: { sub: { S: USAGE } },
            UpdateExpression: 'ADD #reads :reads, #writes :writes',
            ExpressionAttributeNames: { '#reads': 'reads', '#writes': 'writes' },
            ExpressionAttributeValues: {
              ':reads': { N: String(reads) },
              ':writes': { N: String(writes) },
            },
          }),
        );
      } catch (error) {
        onUnavailable({ action: 'usage report', name: summarizeError(error).name });
      }
    },
  };
}
