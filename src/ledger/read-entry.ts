import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { LastRunTable } from './last-run.ts';
import type { LedgerEntry } from './ledger.ts';
import { itemToEntry } from './ledger-item.ts';

/**
 * What the consumer's ledger has of one sub, now. Needs dynamodb:GetItem.
 *
 * @returns undefined where it has nothing.
 * @throws the error of the AWS SDK.
 */
export async function readEntry(
  { client, table }: LastRunTable,
  sub: string,
): Promise<LedgerEntry | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: { sub: { S: sub } }, ConsistentRead: true }),
  );
  return Item && itemToEntry(Item);
}
