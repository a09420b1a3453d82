import {
  type AttributeValue,
  BatchGetItemCommand,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { classifyAwsError } from '../aws/classify-aws-error.ts';
import { summarizeError } from '../telemetry/summarize-error.ts';
import type { Ledger, LedgerEntry, LedgerState } from './ledger.ts';

/** The most that one request reads (API reference, BatchGetItem). */
const BATCH = 100;
/**
 * The item that says up to when writes may have been lost: what was settled before is not trusted. No
 * Cognito sub is called so.
 */
const GAP = '#gap';
/** More than the clocks of two Lambdas differ. */
const CLOCKS_DIFFER_MS = 5_000;

const text = v.object({ S: v.string() });
const itemSchema = v.object({
  sub: text,
  observedAt: text,
  hash: v.optional(text),
  rules: v.optional(text),
  outcome: v.optional(v.object({ S: v.picklist(['mirrored', 'conflict', 'rejected']) })),
  reason: v.optional(text),
  conflictsWith: v.optional(text),
  settledAt: v.optional(text),
  workosUserId: v.optional(text),
  isSecondary: v.optional(v.object({ BOOL: v.boolean() })),
});

/**
 * The ledger in a DynamoDB table with the key `sub`.
 *
 * When a write is lost, an entry may say something that is not true any more. So the time of the loss is
 * noted in the table (at the latest with the next request that succeeds), and no state that was settled
 * before it is trusted, by anybody.
 *
 * @param dependencies.onUnavailable told of each request that failed. Safe to log.
 */
export function createDynamoLedger(dependencies: {
  client: Pick<DynamoDBClient, 'send'>;
  table: string;
  clock: () => Date;
  onUnavailable: (failure: { action: string; name: string }) => void;
}): Ledger {
  const { client, table: TableName, clock, onUnavailable } = dependencies;
  /** When writes were lost last, as long as the table does not know it. */
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

  /** @returns whether the table knows of every loss. */
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

  /** What may have been settled a moment later by another clock is not trusted either. */
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
      // Of an older state, a return to it would look as if nothing had changed.
      RequestItems: { [TableName]: { Keys, ConsistentRead: true } },
    });
    const options = signal ? { abortSignal: signal } : {};
    const answer = await attempt('BatchGetItem', () => client.send(command, options));
    // What was left unread is not known: so be it.
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
    if (user) names.push('workosUserId', 'isSecondary');
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
        // What is not known here may be known there.
        ...(workosUserId !== undefined && {
          workosUserId: { S: workosUserId },
          isSecondary: { BOOL: isSecondary },
        }),
      });
      // WorkOS shows an older state than the one that is noted.
      if (result === 'not_needed') await forget(sub);
      if (result === 'failed') await lose();
    },
    async touch(sub, observedAt) {
      await update(sub, observedAt, {});
    },
    forget,
  };
}

function stateToItem(state: LedgerState | undefined): Record<string, AttributeValue | undefined> {
  return {
    hash: toText(state?.hash),
    rules: toText(state?.rules),
    outcome: toText(state?.outcome),
    reason: toText(state?.reason),
    conflictsWith: toText(state?.conflictsWith),
    settledAt: toText(state?.settledAt),
  };
}

function toText(value: string | undefined): AttributeValue | undefined {
  return value === undefined ? undefined : { S: value };
}

/** An item that is not one of ours is as good as none. */
function itemToEntry(item: Record<string, AttributeValue>): LedgerEntry | undefined {
  const parsed = v.safeParse(itemSchema, item);
  if (!parsed.success) return undefined;
  const { sub, observedAt, workosUserId, isSecondary, ...state } = parsed.output;
  const { hash, rules, outcome, reason, conflictsWith, settledAt } = state;
  return {
    sub: sub.S,
    observedAt: observedAt.S,
    isSecondary: isSecondary?.BOOL ?? false,
    ...(workosUserId && { workosUserId: workosUserId.S }),
    ...(hash &&
      rules &&
      outcome &&
      settledAt && {
        state: {
          hash: hash.S,
          rules: rules.S,
          outcome: outcome.S,
          settledAt: settledAt.S,
          ...(reason && { reason: reason.S }),
          ...(conflictsWith && { conflictsWith: conflictsWith.S }),
        },
      }),
  };
}
