import { randomUUID } from 'node:crypto';
import { type AttributeValue, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { classifyAwsError } from '../aws/classify-aws-error.ts';
import { callAws } from './aws-call.ts';
import {
  type EndedRound,
  itemToPatrolState,
  PATROL_ITEM,
  type PatrolRound,
  type PatrolState,
  type PatrolTable,
  type RoundKind,
  readPatrolState,
} from './patrol-state.ts';

/** A worker that dies holds the patrol up for so long. */
export const LEASE_MS = 30_000;

/** The rounds that a worker is at. */
export type Rounds = Partial<Record<RoundKind, PatrolRound>>;

/** What a round that has ended leaves behind, beside its own counts. */
export type AfterRound = { finishedBegunAt?: string; recent?: string[] };

/**
 * The patrol's item in the ledger's table. Every write is conditional, so that two workers never overwrite each
 * other; those that only the worker may do are undefined, or false, where it holds the patrol no longer.
 *
 * @throws PatrolAwsError, PatrolStateError
 */
export type PatrolStore = {
  read(): Promise<PatrolState>;
  /** Asks for a round, unless one of the kind is requested or under way. */
  request(kind: RoundKind, requestedAt: Date): Promise<void>;
  /** The full round is to go on though the operator wanted it ended. */
  withdrawStop(round: string): Promise<void>;
  /** Asks for a sweep after the one under way. */
  requestAgain(): Promise<void>;
  /** Takes the patrol over from the holder that `seen` names, or takes a patrol that has none. */
  acquire(holder: string, seen: PatrolState): Promise<PatrolState | undefined>;
  /** Writes how far the rounds have come, and holds the patrol for another 30 seconds. */
  save(holder: string, rounds: Rounds): Promise<PatrolState | undefined>;
  end(holder: string, ended: EndedRound, after: AfterRound): Promise<PatrolState | undefined>;
  /** Begins the sweep that {@link requestAgain} has asked for. */
  beginAgain(holder: string, requestedAt: Date): Promise<PatrolState | undefined>;
  /** Lets go of the patrol, unless a round has been requested. */
  release(holder: string): Promise<boolean>;
  /** Lets go of the patrol with its rounds under way. */
  leave(holder: string): Promise<void>;
};

type Update = {
  set?: Record<string, AttributeValue>;
  setIfAbsent?: Record<string, AttributeValue>;
  remove?: string[];
  /** Names are written as #name. */
  condition?: { expression: string; values: Record<string, AttributeValue> };
};

/** @param dependencies.leaseMs default 30 seconds. `now`: milliseconds since the epoch. */
export function createPatrolStore(
  dependencies: PatrolTable & { leaseMs?: number; now?: () => number },
): PatrolStore {
  const { client, table, leaseMs = LEASE_MS, now = Date.now } = dependencies;

  /** @returns the state after the update; undefined where the condition does not hold. */
  async function update(change: Update): Promise<PatrolState | undefined> {
    const command = toCommand(table, change);
    const answer = await callAws('dynamodb:UpdateItem', table, async () => {
      try {
        return await client.send(command);
      } catch (error) {
        if (classifyAwsError(error).kind === 'condition_failed') return undefined;
        throw error;
      }
    });
    return answer && itemToPatrolState(answer.Attributes, table);
  }

  const held = (holder: string) => ({ expression: '#holder = :h', values: { ':h': text(holder) } });
  const until = () => ({ until: { N: String(now() + leaseMs) } });

  return {
    read: () => callAws('dynamodb:GetItem', table, () => readPatrolState({ client, table })),
    async request(kind, requestedAt) {
      await update({ setIfAbsent: { [kind]: json(toNewRound(requestedAt)) } });
    },
    async withdrawStop(round) {
      const values = { ':round': text(round) };
      const condition = { expression: '#stopRequested = :round', values };
      await update({ remove: ['stopRequested'], condition });
    },
    async requestAgain() {
      await update({ set: { again: text('true') } });
    },
    acquire(holder, seen) {
      // Its own hold: the first answer was lost, and the SDK has sent the request again.
      const isFree = 'attribute_not_exists(#holder) OR #holder = :holder';
      const values = { ':seen': text(seen.holder ?? ''), ':at': { N: String(seen.until ?? 0) } };
      return update({
        set: { holder: text(holder), ...until() },
        condition: { expression: `${isFree} OR (#holder = :seen AND #until = :at)`, values },
      });
    },
    save(holder, rounds) {
      const set = Object.entries(rounds).map(([kind, round]) => [kind, json(round)]);
      return update({ set: { ...Object.fromEntries(set), ...until() }, condition: held(holder) });
    },
    end(holder, ended, { finishedBegunAt, recent }) {
      const { kind } = ended;
      return update({
        set: {
          last: json(ended),
          ...(kind === 'full' && { lastFull: json(ended) }),
          ...(finishedBegunAt !== undefined && { finishedBegunAt: text(finishedBegunAt) }),
          ...(recent && { recent: json(recent) }),
          ...until(),
        },
        remove: kind === 'full' ? ['full', 'stopRequested'] : ['sweep'],
        condition: held(holder),
      });
    },
    beginAgain: (holder, requestedAt) =>
      update({
        set: { ...until() },
        setIfAbsent: { sweep: json(toNewRound(requestedAt)) },
        remove: ['again'],
        condition: held(holder),
      }),
    async release(holder) {
      const { expression, values } = held(holder);
      const none = ['sweep', 'full', 'again'].map((name) => `attribute_not_exists(#${name})`);
      const after = await update({
        remove: ['holder', 'until'],
        condition: { expression: [expression, ...none].join(' AND '), values },
      });
      return after !== undefined;
    },
    async leave(holder) {
      await update({ remove: ['holder', 'until'], condition: held(holder) });
    },
  };
}

function toCommand(table: string, change: Update): UpdateItemCommand {
  const { set = {}, setIfAbsent = {}, remove = [], condition } = change;
  const sets = [
    ...Object.keys(set).map((name) => `#${name} = :${name}`),
    ...Object.keys(setIfAbsent).map((name) => `#${name} = if_not_exists(#${name}, :${name})`),
  ];
  const removes = remove.map((name) => `#${name}`);
  const expression = [
    ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
    ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
  ].join(' ');
  const assigned = Object.entries({ ...set, ...setIfAbsent });
  const values = {
    ...Object.fromEntries(assigned.map(([name, value]) => [`:${name}`, value])),
    ...condition?.values,
  };
  const named = new Set(`${expression} ${condition?.expression ?? ''}`.match(/#\w+/g));
  return new UpdateItemCommand({
    TableName: table,
    Key: { sub: { S: PATROL_ITEM } },
    UpdateExpression: expression,
    ...(condition && { ConditionExpression: condition.expression }),
    ExpressionAttributeNames: Object.fromEntries([...named].map((name) => [name, name.slice(1)])),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    ReturnValues: 'ALL_NEW',
  });
}

function toNewRound(requestedAt: Date): PatrolRound {
  return {
    round: randomUUID(),
    requestedAt: requestedAt.toISOString(),
    pages: 0,
    listed: 0,
    published: 0,
    problems: 0,
    passwordUsers: 0,
    recent: [],
  };
}

function text(value: string): AttributeValue {
  return { S: value };
}

function json(value: unknown): AttributeValue {
  return { S: JSON.stringify(value) };
}
