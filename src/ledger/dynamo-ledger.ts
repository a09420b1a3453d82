import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { classifyAwsError } from '../aws/classify-aws-error.ts';
import { summarizeError } from '../telemetry/summarize-error.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { itemToEntry, stateToItem } from './ledger-item.ts';

/** The most that one request reads (API reference, BatchGetItem). */
const BATCH = 100;
/**
 * The item with the time up to which writes may have been lost: states that were settled before it are not
 * trusted. It is not a possible Cognito sub.
 */
const GAP = '#gap';
/** Longer than the clocks of two Lambdas differ. */
const CLOCKS_DIFFER_MS = 5_000;

/**
 * The ledger in a DynamoDB table with the key `sub` (docs/design.md#ledger).
 *
 * When a write is lost, an entry may be wrong. So the time of the loss is written to the table (at the
 * latest with the next request that succeeds), and no process trusts a state that was settled before it.
 *
 * @param dependencies.onUnavailable called for each request that failed; safe to log.
 */
export function createDynamoLedger(dependencies: {
  client: Pick<DynamoDBClient, 'send'>;
  table: string;
  clock: () => Date;
  onUnavailable: (failure: { action: string; name: string }) => void;
}): Ledger {
  const { client, table: TableName, clock, onUnavailable } = dependencies;
  /** When writes were last lost, until the table has that time. */
  let lostAt: string | undefined;

  async function attempt<T>(action: string, send: () => Promise<T>): Promise<T | 'failed'> {
    try {
      return await send();
    } catch (error) {
      onUnavailable({ action, name: summarizeError(error).name });
      return 'failed';
    }
  }

  async function write(
    input: Omit<UpdateItemCommandInput, 'TableName'>,
  ): Promise<'written' | 'not_needed' | 'failed'> {
    const command = new UpdateItemCommand({ TableName, ...input });
    return attempt('UpdateItem', async () => {
      try {
        await client.send(command);
        return 'written';
      } catch (error) {
        if (classifyAwsError(error).kind === 'condition_failed') return 'not_needed';
        throw error;
      }
    });
  }

  /** @returns whether the table has the time of every loss. */
  async function noteLoss(): Promise<boolean> {
    const at = lostAt;
    if (at === undefined) return true;
    const result = await write({
      Key: { sub: { S: GAP } },
      UpdateExpression: 'SET observedAt = :at',
      ConditionExpression: 'attribute_not_exists(observedAt) OR observedAt < :at',
      ExpressionAttributeValues: { ':at': { S: at } },
    });
    if (result !== 'failed' && lostAt === at) lostAt = undefined;
    return lostAt === undefined;
  }

  /** The clock of another process may be ahead: what it settled a moment later is not trusted either. */
  async function lose(): Promise<void> {
    lostAt = new Date(clock().getTime() + CLOCKS_DIFFER_MS).toISOString();
    await noteLoss();
  }

  async function readBatch(
    subs: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<Record<string, AttributeValue>[]> {
    const Keys = [GAP, ...subs].map((sub) => ({ sub: { S: sub } }));
    const command = new BatchGetItemCommand({
      // With an outdated entry, a change back to its state would look like no change.
      RequestItems: { [TableName]: { Keys, ConsistentRead: true } },
    });
    const options = signal ? { abortSignal: signal } : {};
    const answer = await attempt('BatchGetItem', () => client.send(command, options));
    // Keys that were not processed count as unknown.
    return answer === 'failed' ? [] : (answer.Responses?.[TableName] ?? []);
  }

  function update(
    sub: string,
    observedAt: string,
    values: Record<string, AttributeValue | undefined>,
  ): ReturnType<typeof write> {
    const all = Object.entries({ ...values, observedAt: { S: observedAt } });
    const present = all.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
    const absent = all.flatMap(([name, value]) => (value ? [] : [`#${name}`]));
    const set = present.map(([name]) => `#${name} = :${name}`).join(', ');
    return write({
      Key: { sub: { S: sub } },
      UpdateExpression: `SET ${set}${absent.length > 0 ? ` REMOVE ${absent.join(', ')}` : ''}`,
      ConditionExpression: 'attribute_not_exists(#observedAt) OR #observedAt <= :observedAt',
      ExpressionAttributeNames: Object.fromEntries(all.map(([name]) => [`#${name}`, name])),
      ExpressionAttributeValues: Object.fromEntries(
        present.map(([name, value]) => [`:${name}`, value]),
      ),
    });
  }

  async function forget(sub: string, { user = false } = {}): Promise<boolean> {
    const names = Object.keys(stateToItem(undefined));
    if (user) names.push('workosUserId', 'isSecondary', 'passwordAt', 'isPasswordMissing');
    const result = await write({
      Key: { sub: { S: sub } },
      UpdateExpression: `REMOVE ${names.map((name) => `#${name}`).join(', ')}`,
      ConditionExpression: 'attribute_exists(observedAt)',
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    });
    if (result === 'failed') await lose();
    return result !== 'failed';
  }

  return {
    async read(subs, signal) {
      const entries = new Map<string, LedgerEntry>();
      let gap = '';
      for (let at = 0; at < subs.length; at += BATCH - 1) {
        for (const item of await readBatch(subs.slice(at, at + BATCH - 1), signal)) {
          const entry = itemToEntry(item);
          if (!entry) continue;
          if (entry.sub === GAP) gap = entry.observedAt;
          else entries.set(entry.sub, entry);
        }
      }
      const lost = lostAt;
      if (!(await noteLoss())) gap = clock().toISOString();
      else if (lost !== undefined && lost > gap) gap = lost;
      for (const [sub, { state, ...entry }] of entries) {
        if (state && state.settledAt <= gap) entries.set(sub, entry);
      }
      return entries;
    },
    async write({ sub, observedAt, state, workosUserId, isSecondary }) {
      const result = await update(sub, observedAt, {
        ...stateToItem(state),
        // Left out, the table keeps its own: an absent id is unknown here, not gone.
        ...(workosUserId !== undefined && {
          workosUserId: { S: workosUserId },
          isSecondary: { BOOL: isSecondary },
        }),
      });
      // The table has a newer observation than the state that WorkOS has now.
      if (result === 'not_needed') await forget(sub);
      if (result === 'failed') await lose();
    },
    async touch(sub, observedAt) {
      await update(sub, observedAt, {});
    },
    async notePassword(sub, { at, isMissing }) {
      await write({
        Key: { sub: { S: sub } },
        UpdateExpression: 'SET passwordAt = :at, isPasswordMissing = :missing',
        ConditionExpression: 'attribute_exists(observedAt)',
        ExpressionAttributeValues: { ':at': { S: at }, ':missing': { BOOL: isMissing } },
      });
    },
    async noteGone({ sub, workosUserId, goneAt }) {
      const values = {
        ...stateToItem(undefined),
        workosUserId: { S: workosUserId },
        isSecondary: { BOOL: false },
      };
      const result = await update(sub, goneAt, values);
      if (result !== 'not_needed') return result === 'written';
      // By another clock it was observed later; what it was mirrored to is noted all the same.
      const names = Object.keys(stateToItem(undefined));
      const again = await write({
        Key: { sub: { S: sub } },
        UpdateExpression: `SET workosUserId = :id, isSecondary = :no REMOVE ${names.map((name) => `#${name}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: { ':id': { S: workosUserId }, ':no': { BOOL: false } },
      });
      return again === 'written';
    },
    async noteBan(sub, isNoted) {
      await write({
        Key: { sub: { S: sub } },
        UpdateExpression: 'SET isBanNoted = :noted',
        ConditionExpression: 'attribute_exists(observedAt)',
        ExpressionAttributeValues: { ':noted': { BOOL: isNoted } },
      });
    },
    forget,
  };
}
