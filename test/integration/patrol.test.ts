import { setTimeout as delay } from 'node:timers/promises';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { OVERLAP_MS } from '../../src/patrol/due-users.ts';
import { PATROL_ITEM, requestStop } from '../../src/patrol/patrol-state.ts';
import { QUEUE_BOUND } from '../../src/patrol/queue-room.ts';
import { numberedSub } from '../fixtures/numbered-user.ts';
import { type PatrolRig, poolOf, startPatrolRig } from '../rigs/patrol-rig.ts';
import { cognitoUser } from '../stand-ins/strict-cognito.ts';

let rig: PatrolRig;
afterEach(() => rig.close());

const subsOf = (count: number) => Array.from({ length: count }, (_, n) => numberedSub(n));
const FULL = { full: true };

/** The subs of the messages that an event leads to, sorted. */
async function published(event?: unknown): Promise<string[]> {
  await rig.patrol(event);
  return takeReceived();
}

function takeReceived(): string[] {
  return rig.received
    .splice(0)
    .map(({ sub }) => sub)
    .toSorted();
}

function edit(n: number, name = 'Edited'): void {
  rig.pool.control.update(numberedSub(n), { attributes: { given_name: name } });
}

/** The pages that ListUsers was asked for, as far as it answered. */
const answeredPages = () => rig.pool.control.requests.filter(({ status }) => status === 200).length;

/** Aborts when ListUsers is asked for the page after so many. */
function afterPages(count: number): AbortSignal {
  const end = new AbortController();
  rig.pool.control.onRequest = ({ index }) => {
    if (index === count) end.abort();
    return undefined;
  };
  return end.signal;
}

describe('the patrol', () => {
  it('publishes everybody in its first round, and nobody of an unchanged pool in the next one', async () => {
    rig = await startPatrolRig({ users: poolOf(100) });
    expect(await published()).toEqual(subsOf(100));
    expect(await published()).toEqual([]);
    expect(rig.counts).toMatchObject({
      PatrolUsersListed: 200,
      PatrolUsersPublished: 100,
      PatrolRoundEnded: 2,
      PatrolRequests: 4,
    });
  });

  it('publishes what was edited, made and disabled between two rounds, once', async () => {
    rig = await startPatrolRig({ users: poolOf(70) });
    await published();
    edit(3, 'Ada');
    rig.pool.control.update(numberedSub(69), { Enabled: false });
    const made = { UserStatus: 'FORCE_CHANGE_PASSWORD', UserLastModifiedDate: Date.now() / 1000 };
    rig.pool.control.put(cognitoUser({ sub: 'made-by-an-administrator' }, made));
    await rig.patrol();
    expect(rig.received).toMatchObject([
      { sub: numberedSub(3), givenName: 'Ada' },
      { sub: numberedSub(69), enabled: false },
      { sub: 'made-by-an-administrator', status: 'FORCE_CHANGE_PASSWORD' },
    ]);
    rig.received.length = 0;
    expect(await published()).toEqual([]);
    edit(3, 'Grace');
    expect(await published()).toEqual([numberedSub(3)]);
  });

  it('publishes an edit that has the same date of modification as the one before it', async () => {
    const now = Date.now();
    rig = await startPatrolRig({ users: poolOf(3), clock: () => now });
    await published();
    edit(1, 'Ada');
    expect(await published()).toEqual([numberedSub(1)]);
    edit(1, 'Grace');
    expect(await published()).toEqual([numberedSub(1)]);
    expect(await published()).toEqual([]);
  });

  it('counts at the end of each round the users who sign in with a password, however often it went on', async () => {
    rig = await startPatrolRig({ users: poolOf(20), pageSize: () => 6 });
    const { control } = rig.pool;
    control.put(cognitoUser({ sub: 'invalidated' }, { UserStatus: 'RESET_REQUIRED' }));
    control.put(cognitoUser({ sub: 'through-google' }, { UserStatus: 'EXTERNAL_PROVIDER' }));
    control.put(cognitoUser({ sub: 'unconfirmed' }, { UserStatus: 'UNCONFIRMED' }));
    control.put(cognitoUser({ sub: 'disabled' }, { Enabled: false }));
    const answer = await rig.invoke({}, { end: afterPages(2) });
    expect(answer).toMatchObject({ done: false });
    rig.pool.control.onRequest = undefined;
    await rig.patrol(answer);
    expect(rig.counts.PatrolPasswordUsers).toBe(21);
    // Nobody has changed: the sweep counts all the same.
    takeReceived();
    rig.counts.PatrolPasswordUsers = 0;
    control.remove(numberedSub(0));
    expect(await published()).toEqual([]);
    expect(rig.counts.PatrolPasswordUsers).toBe(20);
  });

  it('publishes an edit that reaches ListUsers minutes after its time', async () => {
    rig = await startPatrolRig({ users: poolOf(3) });
    await published();
    const late = (Date.now() - OVERLAP_MS / 2) / 1000;
    rig.pool.control.put(cognitoUser({ sub: 'late' }, { UserLastModifiedDate: late }));
    expect(await published()).toEqual(['late']);
  });

  it('publishes everybody again on demand', async () => {
    rig = await startPatrolRig({ users: poolOf(70) });
    await published();
    expect(await published(FULL)).toEqual(subsOf(70));
    expect(await rig.state()).toMatchObject({
      last: { kind: 'full', end: 'finished', listed: 70, published: 70 },
      lastFull: { kind: 'full' },
    });
  });

  it('names records that cannot be read by page, record and sub, and publishes the others', async () => {
    rig = await startPatrolRig({ users: poolOf(61) });
    rig.pool.control.put(cognitoUser({ sub: 'bad', identities: '[{' }));
    expect(await published()).toEqual(subsOf(61));
    expect(rig.logs).toContainEqual({
      message: 'a record of the pool cannot be read',
      fields: {
        where: 'page 2, record 2',
        reason: expect.stringContaining('identities'),
        sub: 'bad',
      },
    });
    expect((await rig.state()).last).toMatchObject({ listed: 62, published: 61, problems: 1 });
  });

  it('publishes everybody, however short or empty the pages are', async () => {
    const pageSize = (page: number) => [0, 7, 0, 0, 1, 30][page % 6] ?? 60;
    rig = await startPatrolRig({ users: poolOf(80), pageSize });
    expect(await published()).toEqual(subsOf(80));
  });

  it('goes on in the next invocation when its time is over, and publishes nobody twice', async () => {
    rig = await startPatrolRig({ users: poolOf(60), pageSize: () => 6, latencyMs: 20 });
    const answer = await rig.invoke({}, { end: afterPages(4) });
    expect(answer).toMatchObject({ done: false, handover: expect.any(String) });
    expect((await rig.state()).full).toMatchObject({ position: expect.any(String) });
    const pages = answeredPages();
    await rig.patrol(answer);
    expect(takeReceived()).toEqual(subsOf(60));
    expect(answeredPages()).toBeLessThanOrEqual(11);
    expect(pages).toBeLessThan(10);
  });

  it('does one round for two handlers at once', async () => {
    rig = await startPatrolRig({ users: poolOf(60), pageSize: () => 6, latencyMs: 20 });
    const answers = await Promise.all([rig.invoke(), rig.invoke()]);
    expect(answers.map((answer) => answer?.done)).toEqual([true, true]);
    await rig.drained();
    expect(takeReceived()).toEqual(subsOf(60));
    expect(answeredPages()).toBe(10);
  });

  it('does one round for two handlers that continue the same execution', async () => {
    rig = await startPatrolRig({ users: poolOf(60), pageSize: () => 6, latencyMs: 20 });
    const answer = await rig.invoke({}, { end: afterPages(4) });
    await Promise.all([rig.invoke(answer), rig.invoke(answer)]);
    await rig.drained();
    expect(takeReceived()).toEqual(subsOf(60));
    expect(answeredPages()).toBeLessThanOrEqual(11);
  });
});

describe('the patrol, when it is killed', () => {
  it.each([
    ['between the messages of a page and its checkpoint', 'SendMessageBatch', 'after'],
    ['before the messages of a page', 'SendMessageBatch', 'before'],
    ['before a page', 'ListUsers', 'before'],
    ['before a checkpoint', 'UpdateItem', 'before'],
    ['after a checkpoint', 'UpdateItem', 'after'],
  ] as const)('%s, leaves nobody out', async (_, command, moment) => {
    rig = await startPatrolRig({ users: poolOf(60), pageSize: () => 10 });
    let requests = 0;
    const kill = (each: string, at: string) =>
      each === command && at === moment && ++requests === 4;
    expect(await rig.invoke({}, { kill })).toBeUndefined();
    await rig.patrol();
    expect(takeReceived()).toEqual(subsOf(60));
    expect((await rig.state()).sweep).toBeUndefined();
  });

  it('is taken over no earlier than its hold ends', async () => {
    rig = await startPatrolRig({ users: poolOf(20), pageSize: () => 10 });
    await rig.invoke({}, { kill: (command) => command === 'SendMessageBatch' });
    const { until = 0 } = await rig.state();
    await rig.patrol();
    expect((await rig.state()).last).toMatchObject({ kind: 'full', end: 'finished' });
    expect(Date.parse((await rig.state()).last?.endedAt ?? '')).toBeGreaterThan(until - 1_000);
    expect(Date.now()).toBeGreaterThan(until);
  });
});

describe('the patrol, where a dead worker holds it until a far date', () => {
  it('takes over when its hold was not renewed for the time of one', async () => {
    rig = await startPatrolRig({ users: poolOf(1) });
    const hold = { holder: { S: 'dead' }, until: { N: String(Date.UTC(2100, 0)) } };
    const Item = { sub: { S: PATROL_ITEM }, ...hold };
    await rig.dynamodb.client.send(new PutItemCommand({ TableName: rig.dynamodb.table, Item }));
    expect(await published()).toEqual(subsOf(1));
  });
});

describe('the patrol, when Cognito refuses', () => {
  it('its token, lists anew and leaves nobody out', async () => {
    rig = await startPatrolRig({ users: poolOf(90), pageSize: () => 10 });
    rig.pool.control.onRequest = ({ index }) => {
      if (index === 5) rig.pool.control.expireTokens();
      return undefined;
    };
    await rig.patrol();
    expect([...new Set(takeReceived())]).toEqual(subsOf(90));
    expect((await rig.state()).last).toMatchObject({ listed: 90, pages: 9 });
  });

  it('its requests, backs off and leaves nobody out', async () => {
    rig = await startPatrolRig({ users: poolOf(90), pageSize: () => 10, throttleEvery: 2 });
    expect(await published()).toEqual(subsOf(90));
    expect(rig.counts.PatrolThrottled).toBeGreaterThan(5);
    expect(rig.counts.PatrolRequests).toBe(rig.pool.control.requests.length);
  });

  it('its permission, says which one is missing and goes on when it is given', async () => {
    rig = await startPatrolRig({ users: poolOf(20) });
    rig.pool.control.denied.add('ListUsers');
    await expect(rig.invoke()).rejects.toThrow(
      `allow cognito-idp:ListUsers on the user pool ${rig.pool.userPoolId}`,
    );
    rig.pool.control.denied.clear();
    expect((await rig.state()).holder).toBeUndefined();
    expect(await published()).toEqual(subsOf(20));
  });
});

describe('the patrol, beside a slow consumer', () => {
  it('never lets the queue hold more than its bound', async () => {
    rig = await startPatrolRig({ users: poolOf(120) });
    rig.consume(undefined);
    await rig.invoke({}, { timeMs: 1_000 });
    expect(rig.mostWaiting()).toBeGreaterThan(0);
    expect(rig.mostWaiting()).toBeLessThanOrEqual(QUEUE_BOUND);
    rig.consume(0);
    expect([...new Set(await published())]).toEqual(subsOf(120));
    expect(rig.mostWaiting()).toBeLessThanOrEqual(QUEUE_BOUND);
  });

  it('publishes a sweep while a full round waits for room', async () => {
    rig = await startPatrolRig({ users: poolOf(70) });
    await published();
    rig.consume(30);
    const full = rig.invoke(FULL);
    await until(async () => (await rig.state()).full !== undefined);
    edit(69);
    expect(await rig.invoke()).toMatchObject({ done: true, reason: 'another_worker' });
    await until(async () => (await rig.state()).last?.kind === 'sweep');
    expect((await rig.state()).full).toBeDefined();
    expect((await rig.state()).last).toMatchObject({ published: 1 });
    rig.consume(0);
    await full;
    await rig.drained();
    expect(takeReceived()).toEqual([...subsOf(70), numberedSub(69)].toSorted());
  });

  it('ends a full round that the operator has stopped, and does not begin it again by itself', async () => {
    rig = await startPatrolRig({ users: poolOf(120) });
    rig.consume(undefined);
    const answer = rig.invoke();
    await until(async () => (await rig.state()).full !== undefined && rig.mostWaiting() > 0);
    await requestStop(rig.dynamodb, (await rig.state()).full?.round ?? '');
    expect(await answer).toMatchObject({ done: true, ended: [{ kind: 'full', end: 'stopped' }] });
    rig.consume(0);
    await rig.drained();
    rig.received.length = 0;
    expect(await published()).toEqual([]);
    expect(await rig.state()).toMatchObject({ lastFull: { end: 'stopped' } });
    expect((await rig.state()).stopRequested).toBeUndefined();
  });
});

describe('the patrol, asked for a full round after one was stopped that no worker is at', () => {
  it('publishes everybody', async () => {
    rig = await startPatrolRig({ users: poolOf(30), pageSize: () => 6, latencyMs: 20 });
    await rig.invoke(FULL, { end: afterPages(2) });
    await requestStop(rig.dynamodb, (await rig.state()).full?.round ?? '');
    expect(await published(FULL)).toEqual(subsOf(30));
    expect(await rig.state()).toMatchObject({ lastFull: { end: 'finished' } });
  });

  it('ends the round where the event asks for none', async () => {
    rig = await startPatrolRig({ users: poolOf(30), pageSize: () => 6, latencyMs: 20 });
    await rig.invoke(FULL, { end: afterPages(2) });
    await requestStop(rig.dynamodb, (await rig.state()).full?.round ?? '');
    await rig.patrol({ done: false });
    expect(await rig.state()).toMatchObject({ lastFull: { end: 'stopped' } });
    expect((await rig.state()).full).toBeUndefined();
  });
});

describe('the patrol, with a setting that cannot work', () => {
  it('says that the table does not exist', async () => {
    rig = await startPatrolRig();
    rig.dynamodb.table = 'no-such-table';
    await expect(rig.invoke()).rejects.toThrow('there is no no-such-table');
    rig.dynamodb.table = 'cognito-workos-sync-local-ledger';
  });

  it('names the field of its item that cannot be read', async () => {
    rig = await startPatrolRig({ users: poolOf(1) });
    const Item = { sub: { S: PATROL_ITEM }, finishedBegunAt: { S: 'yesterday' } };
    await rig.dynamodb.client.send(new PutItemCommand({ TableName: rig.dynamodb.table, Item }));
    await expect(rig.invoke()).rejects.toThrow(
      /#patrol .* cannot be read \(finishedBegunAt.*delete the item/,
    );
  });

  it('refuses an event that is none of its own', async () => {
    rig = await startPatrolRig();
    await expect(rig.invoke({ full: 'yes' })).rejects.toThrow('the event of the patrol has to be');
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(10);
}
