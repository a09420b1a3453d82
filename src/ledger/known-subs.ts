import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { summarizeError } from '../telemetry/summarize-error.ts';

/** Whether the ledger has an entry of a sub; `unavailable` where it could not be asked. */
export type IsKnownSub = (sub: string) => Promise<'known' | 'unknown' | 'unavailable'>;

/**
 * Asks the ledger's table whether a sub was ever observed in the pool, with one request (dynamodb:GetItem).
 * Never rejects.
 *
 * @param dependencies.onUnavailable called for a request that failed; safe to log.
 */
export function createKnownSubs(dependencies: {
  client: Pick<DynamoDBClient, 'send'>;
  table: string;
  onUnavailable: (failure: { action: string; name: string }) => void;
}): IsKnownSub {
  const { client, table, onUnavailable } = dependencies;
  return async (sub) => {
    try {
      const { Item } = await client.send(
        new GetItemCommand({
          TableName: table,
          Key: { sub: { S: sub } },
          ProjectionExpression: '#sub',
          ExpressionAttributeNames: { '#sub': 'sub' },
        }),
      );
      return Item ? 'known' : 'unknown';
    } catch (error) {
      onUnavailable({ action: 'GetItem', name: summarizeError(error).name });
      return 'unavailable';
    }
  };
}
