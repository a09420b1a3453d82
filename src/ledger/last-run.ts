import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { OperatorError } from '../operator-error.ts';

/** The commands that leave their result behind for `status`. */
export type RunName = 'seed' | 'verify' | 'reset-passwords' | 'canary';

/**
 * What the last run of a command found.
 *
 * - `endedAt`: ISO 8601 in UTC.
 * - `version`: of the package that ran.
 * - `figures`: flat, without personal data: counts, codes and names of steps.
 */
export type LastRun = v.InferOutput<typeof runSchema>;

/** Where it is kept: the ledger's table. */
export type LastRunTable = { client: Pick<DynamoDBClient, 'send'>; table: string };

/** The item cannot be read; the message says what to do. */
export class LastRunError extends OperatorError {
  override name = 'LastRunError';
}

const runSchema = v.object({
  endedAt: v.pipe(v.string(), v.isoTimestamp()),
  version: v.string(),
  figures: v.record(v.string(), v.union([v.number(), v.string(), v.boolean(), v.null()])),
});

const itemSchema = v.object({
  run: v.pipe(
    v.object({ S: v.string() }),
    v.transform(({ S }) => S),
    v.parseJson(),
    runSchema,
  ),
});

/**
 * Keeps the result of a run in place of the one before. Needs dynamodb:PutItem.
 *
 * @throws the error of the AWS SDK.
 */
export async function saveLastRun(
  { client, table }: LastRunTable,
  name: RunName,
  run: LastRun,
): Promise<void> {
  const Item = { sub: { S: toKey(name) }, run: { S: JSON.stringify(run) } };
  await client.send(new PutItemCommand({ TableName: table, Item }));
}

/**
 * The result of the last run that was kept; undefined where none was. Needs dynamodb:GetItem.
 *
 * @throws LastRunError, or the error of the AWS SDK.
 */
export async function readLastRun(
  { client, table }: LastRunTable,
  name: RunName,
): Promise<LastRun | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: table,
      Key: { sub: { S: toKey(name) } },
      ConsistentRead: true,
    }),
  );
  if (!Item) return undefined;
  const parsed = v.safeParse(itemSchema, Item);
  if (parsed.success) return parsed.output.run;
  throw new LastRunError(
    `the item ${toKey(name)} of the table ${table} cannot be read: delete the item, and the next ${name} writes it`,
  );
}

/** It is not a possible sub. */
function toKey(name: RunName): string {
  return `#last#${name}`;
}
