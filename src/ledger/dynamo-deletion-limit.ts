import { createHash } from 'node:crypto';
import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { classifyAwsError } from '../aws/classify-aws-error.ts';
import type { DeletionLimit } from '../mirror/deletion-limit.ts';
import { summarizeError } from '../telemetry/summarize-error.ts';
import { RetryableError } from '../workos/users.ts';

/** For how long the item of a day is kept: long enough to look into. */
const KEPT_MS = 30 * 24 * 3_600_000;

/**
 * Counts the deletions of a day (UTC) in the ledger's table, for all consumers together: one item a day, with the
 * set of the subs whose WorkOS users were deleted, which one conditional request adds to. Five thousand fit into an
 * item (400 kB), because each sub is kept as a short hash.
 *
 * @param dependencies.maxPerDay 1 to 5,000.
 * @param dependencies.onUnavailable called for each request that failed; safe to log.
 */
export function createDynamoDeletionLimit(dependencies: {
  client: Pick<DynamoDBClient, 'send'>;
  table: string;
  clock: () => Date;
  maxPerDay: number;
  onUnavailable: (failure: { action: string; name: string }) => void;
}): DeletionLimit {
  const { client, table: TableName, clock, maxPerDay, onUnavailable } = dependencies;
  return {
    async reserve(sub) {
      const now = clock();
      const entry = createHash('sha256').update(sub).digest('base64url').slice(0, 22);
      const command = new UpdateItemCommand({
        TableName,
        Key: { sub: { S: `#deletions#${now.toISOString().slice(0, 10)}` } },
        UpdateExpression: 'ADD #subs :mine SET expiresAt = :expires',
        ConditionExpression:
          'attribute_not_exists(#subs) OR contains(#subs, :entry) OR size(#subs) < :max',
        ExpressionAttributeNames: { '#subs': 'subs' },
        ExpressionAttributeValues: {
          ':mine': { SS: [entry] },
          ':entry': { S: entry },
          ':max': { N: String(maxPerDay) },
          ':expires': { N: String(Math.ceil((now.getTime() + KEPT_MS) / 1000)) },
        },
      });
      try {
        await client.send(command);
        return true;
      } catch (cause) {
        if (classifyAwsError(cause).kind === 'condition_failed') return false;
        onUnavailable({ action: 'UpdateItem', name: summarizeError(cause).name });
        throw new RetryableError('the deletions of today could not be counted', { cause });
      }
    },
  };
}
