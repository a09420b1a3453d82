import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { OperatorError } from '../operator-error.ts';

/** The key of the patrol's item in the ledger's table (docs/design.md#patrol). It is not a possible sub. */
export const PATROL_ITEM = '#patrol';

/** `sweep` publishes the users that have changed, `full` everybody. */
export type RoundKind = 'sweep' | 'full';

const time = v.pipe(v.string(), v.isoTimestamp());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** `round`: the id. Times are ISO 8601 in UTC, by Cognito's clock where it says the time. */
const begun = { round: v.string(), begunAt: v.exactOptional(time) };
/**
 * `listed`: records of the pages that are done, `problems`: those of them that cannot be read; both are of the
 * listing under way, which begins anew where Cognito refuses its token. `published`: messages, of every listing.
 */
const counts = { pages: count, listed: count, published: count, problems: count };

/**
 * A round that is requested or under way.
 *
 * - `begunAt`: absent before its first page.
 * - `since`: of a sweep; users that were changed earlier are left out.
 * - `position`: the PaginationToken of the next page; absent at the beginning of the listing.
 * - `recent`: see src/patrol/due-users.ts.
 * - `passwordUsers`: of the listed ones, those who can sign in with a password, see src/patrol/due-users.ts.
 */
const roundSchema = v.object({
  ...begun,
  ...counts,
  requestedAt: time,
  since: v.exactOptional(time),
  position: v.exactOptional(v.string()),
  passwordUsers: v.exactOptional(count, 0),
  recent: v.exactOptional(v.array(v.string()), []),
});

const endedSchema = v.object({
  ...begun,
  ...counts,
  kind: v.picklist(['sweep', 'full']),
  endedAt: time,
  end: v.picklist(['finished', 'stopped']),
});

const json = <T extends v.GenericSchema>(schema: T) =>
  v.exactOptional(
    v.pipe(
      v.object({ S: v.string() }),
      v.transform(({ S }) => S),
      v.parseJson(),
      schema,
    ),
  );
const text = v.exactOptional(
  v.pipe(
    v.object({ S: v.string() }),
    v.transform(({ S }) => S),
  ),
);

/**
 * - `holder`, `until`: the worker, and the time to which it holds the patrol (milliseconds since the epoch).
 * - `again`: a sweep was requested long after the one under way had begun.
 * - `finishedBegunAt`: when the round began whose users are all published: the next sweep begins there.
 * - `recent`: of the last finished round, see src/patrol/due-users.ts.
 * - `last`: the last round that ended, `lastFull`: the last one over everybody.
 * - `stopRequested`: the id of the full round that the operator wants ended.
 */
const itemSchema = v.object({
  holder: text,
  until: v.exactOptional(
    v.pipe(
      v.object({ N: v.string() }),
      v.transform(({ N }) => Number(N)),
      v.number(),
    ),
  ),
  sweep: json(roundSchema),
  full: json(roundSchema),
  again: text,
  finishedBegunAt: v.exactOptional(
    v.pipe(
      v.object({ S: time }),
      v.transform(({ S }) => S),
    ),
  ),
  recent: json(v.array(v.string())),
  last: json(endedSchema),
  lastFull: json(endedSchema),
  stopRequested: text,
});

export type PatrolRound = v.InferOutput<typeof roundSchema>;
export type EndedRound = v.InferOutput<typeof endedSchema>;
/** All that the table has about the patrol; without an item, nothing. */
export type PatrolState = v.InferOutput<typeof itemSchema>;

/** The item cannot be read; the message says what to do. */
export class PatrolStateError extends OperatorError {
  override name = 'PatrolStateError';
}

/** Where the state is kept. */
export type PatrolTable = { client: Pick<DynamoDBClient, 'send'>; table: string };

/** @throws PatrolStateError where it was not the patrol that wrote the item, or a later version of it. */
export function itemToPatrolState(
  item: Record<string, AttributeValue> | undefined,
  table: string,
): PatrolState {
  const parsed = v.safeParse(itemSchema, item ?? {});
  if (parsed.success) return parsed.output;
  const fields = [...new Set(parsed.issues.map((issue) => v.getDotPath(issue) ?? 'the item'))];
  throw new PatrolStateError(
    `the item ${PATROL_ITEM} of the table ${table} cannot be read (${fields.join(', ')}): delete the item, and the next round publishes every user`,
  );
}

/**
 * The state as it is now. Needs dynamodb:GetItem.
 *
 * @throws PatrolStateError, or the error of the AWS SDK.
 */
export async function readPatrolState({ client, table }: PatrolTable): Promise<PatrolState> {
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: table,
      Key: { sub: { S: PATROL_ITEM } },
      ConsistentRead: true,
    }),
  );
  return itemToPatrolState(Item, table);
}

/**
 * Asks the worker to end a full round; it does so within ten seconds. Where none is working, the next one does.
 * Needs dynamodb:UpdateItem.
 */
export async function requestStop({ client, table }: PatrolTable, round: string): Promise<void> {
  await client.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { sub: { S: PATROL_ITEM } },
      UpdateExpression: 'SET stopRequested = :round',
      ExpressionAttributeValues: { ':round': { S: round } },
    }),
  );
}
