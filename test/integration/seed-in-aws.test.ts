import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PATROL_ITEM, readPatrolState } from '../../src/patrol/patrol-state.ts';
import { QUEUE_BOUND } from '../../src/patrol/queue-room.ts';
import { expectViolations } from '../contracts/expect-violations.ts';
import { poolUser } from '../fixtures/pool-users.ts';
import { expectResult } from '../fixtures/result-schema.ts';
import type { RunningCommand } from '../rigs/command-run.ts';
import { expectOneErrorLine } from '../rigs/one-error-line.ts';
import { type SeedInAwsSetting, startSeedInAws } from '../rigs/seed-in-aws-run.ts';

/** More than the queue takes in some seconds while no consumer receives a message. */
const MANY = 48;
/** More than it ever takes. */
const MORE = QUEUE_BOUND + 10;
const ROUND = '11111111-2222-4333-8444-555555555555';

let setting: SeedInAwsSetting;
beforeEach(async () => {
  setting = await startSeedInAws();
});
afterEach(() => setting.close());

function putUsers(count: number): void {
  for (let n = 0; n < count; n++) setting.cognito.control.put(poolUser(n));
}

const state = () =>
  readPatrolState({ client: setting.dynamodb.client, table: setting.dynamodb.table });
const fullRounds = () => setting.invocations.filter((event) => Object(event).full === true);

/** A command whose round stands still, because no consumer works on the queue. */
async function startOnFullQueue(
  args: string[] = ['--json'],
  users = MANY,
): Promise<RunningCommand> {
  putUsers(users);
  await setting.consume(false);
  const child = setting.start(args);
  await untilShown(child, 'waiting in the queue');
  return child;
}

/** Waits until a command's stderr has this text. */
async function untilShown(child: RunningCommand, text: string): Promise<void> {
  let shown = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (chunk) => {
      shown += chunk;
      if (shown.includes(text)) resolve();
    });
    child.on('close', () => reject(new Error(`ended without "${text}": ${shown}`)));
  });
}

/** Writes the patrol's item as a worker would have left it. */
async function putState(
  full: object,
  { until, holder = 'a-worker' }: { until: number; holder?: string },
): Promise<void> {
  const counts = { pages: 0, listed: 0, published: 0, problems: 0 };
  const round = { round: ROUND, requestedAt: new Date().toISOString(), ...counts, ...full };
  await setting.dynamodb.client.send(
    new UpdateItemCommand({
      TableName: setting.dynamodb.table,
      Key: { sub: { S: PATROL_ITEM } },
      UpdateExpression: 'SET #full = :full, holder = :holder, #until = :until',
      ExpressionAttributeNames: { '#full': 'full', '#until': 'until' },
      ExpressionAttributeValues: {
        ':full': { S: JSON.stringify(round) },
        ':holder': { S: holder },
        ':until': { N: String(until) },
      },
    }),
  );
}

describe('seed --in-aws', () => {
  it('brings every user into WorkOS, without a WorkOS key, and ends when the queue is empty', async () => {
    putUsers(8);
    const ended = await setting.run(['--json']);
    const result = expectResult('seed', ended);
    expect(result).toMatchObject({
      inAws: true,
      how: 'started',
      end: 'finished',
      exit: 0,
      listed: 8,
      published: 8,
      problems: 0,
      waiting: 0,
      deadLetters: { before: 0, after: 0 },
    });
    expect(result.round).toBe((await state()).lastFull?.round);
    expect(setting.workos.control.users()).toHaveLength(8);
    expect(ended.stderr).toMatch(/user pool .*about 8 users/);
    expect(ended.stderr).toMatch(/last messages mirrored: 0 dead-lettered/);
  });

  it('shows the round that is under way, and starts no second one', async () => {
    const first = await startOnFullQueue();
    const second = setting.start(['--json']);
    await untilShown(second, 'is under way in AWS already');
    await setting.consume(true);
    const [one, two] = [await first.ended, await second.ended].map((ended) =>
      expectResult('seed', ended),
    );
    expect(two).toMatchObject({
      how: 'attached',
      end: 'finished',
      round: one.round,
      published: MANY,
    });
    expect(fullRounds()).toHaveLength(1);
    expect(setting.workos.control.users()).toHaveLength(MANY);
  });

  it('ends the display at Ctrl-C, says how to see the round again and how to end it, and leaves the round alone', async () => {
    const child = await startOnFullQueue();
    child.kill('SIGINT');
    const ended = await child.ended;
    expect(expectResult('seed', ended)).toMatchObject({ end: 'running', exit: 130 });
    expect(ended.stderr).toContain('npx cws seed --stage prod --in-aws. To end it');
    expect(ended.stderr).toContain('npx cws seed --stage prod --in-aws --stop');
    expect((await state()).stopRequested).toBeUndefined();
    await setting.consume(true);
    expect(expectResult('seed', await setting.run(['--json']))).toMatchObject({ exit: 0 });
    expect(setting.workos.control.users()).toHaveLength(MANY);
  });

  it('shows a bar with the users, the queue and the dead letters on a terminal', async () => {
    putUsers(MANY);
    await setting.consume(false);
    const run = setting.onTerminal();
    await run.shows(/\d+\/48 users listed \| 0 dead-lettered/);
    await setting.consume(true);
    const { code, screen } = await run.ended;
    expect(code).toBe(0);
    expect(screen).toMatch(/Seeded in AWS: 48 users listed/);
    expect(screen).toContain('npx cws verify --stage prod');
  });

  it('exits with 1 when a record of the pool cannot be read, and when a message was dead-lettered', async () => {
    putUsers(3);
    expectViolations(/ListUsers, answer \/Users\/3\/Username: min/, /Users\/3\/Username: pattern/);
    setting.cognito.control.put(poolUser(3, { sub: '' }));
    setting.cognito.control.put(poolUser(4, { email: 'not an address' }));
    const ended = await setting.run();
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/unreadable records +1\n/);
    expect(ended.stdout).toMatch(/dead letters now +1\n/);
    expect(ended.stdout).toContain('npx cws redrive --stage prod');
  });
});

describe('seed --in-aws --stop', () => {
  it('ends the round that is under way, and the display of it with 1', async () => {
    const child = await startOnFullQueue(['--json'], MORE);
    const stopped = await setting.run(['--stop', '--json']);
    expect(expectResult('seed', stopped)).toMatchObject({
      how: 'stopped',
      end: 'stopped',
      exit: 0,
    });
    await setting.consume(true);
    expect(expectResult('seed', await child.ended)).toMatchObject({ end: 'stopped', exit: 1 });
    expect(setting.workos.control.users().length).toBeLessThan(MORE);
    expect(await state()).toMatchObject({ lastFull: { end: 'stopped' } });
    expect((await state()).full).toBeUndefined();
  });

  it('ends a round that has no worker, too', async () => {
    putUsers(3);
    await putState({}, { until: Date.now() - 600_000 });
    const stopped = await setting.run(['--stop', '--json']);
    expect(expectResult('seed', stopped)).toMatchObject({ end: 'stopped', round: ROUND });
    expect(setting.invocations).toHaveLength(1);
    expect(fullRounds()).toEqual([]);
  });

  it('has nothing to do when no round is under way', async () => {
    const ended = await setting.run(['--stop', '--json']);
    expect(expectResult('seed', ended)).toMatchObject({ end: 'none', round: null, exit: 0 });
    expect(setting.invocations).toEqual([]);
  });
});

describe('seed --in-aws, with a round whose worker has died', () => {
  it('starts a worker that goes on where the last one was', async () => {
    putUsers(3);
    const begunAt = new Date(Date.now() - 3_600_000).toISOString();
    await putState({ begunAt, published: 200 }, { until: Date.now() - 600_000 });
    const ended = await setting.run(['--json']);
    const result = expectResult('seed', ended);
    expect(result).toMatchObject({ how: 'resumed', end: 'finished', round: ROUND, begunAt });
    expect(result).toMatchObject({ published: 203, listed: 3 });
    expect(ended.stderr).toContain(`The round ${ROUND} was under way without a worker`);
  });

  it('says since when no worker has been at it, and what to do, when the worker dies while it is shown', async () => {
    await putState({}, { until: Date.now() + 600_000 });
    const child = setting.start();
    await untilShown(child, 'is under way in AWS already');
    const died = Date.now() - 60_000;
    await putState({}, { until: died });
    await untilShown(
      child,
      `No worker has been at the round since ${new Date(died).toISOString()}`,
    );
    child.kill('SIGINT');
    const { code, stderr } = await child.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('run the same command again');
  });

  it('exits with 2 and the cause when the execution has failed', async () => {
    setting.cognito.control.denied.add('ListUsers');
    const ended = await setting.run(['--json']);
    expectOneErrorLine(ended, /the patrol has failed in AWS \(.*cognito-idp:ListUsers.*execution/);
    // Nothing is lost: the same command goes on.
    setting.cognito.control.denied.delete('ListUsers');
    expect(expectResult('seed', await setting.run(['--json']))).toMatchObject({
      how: 'resumed',
      exit: 0,
    });
  });
});

describe('seed --in-aws, when it cannot run', () => {
  it('exits with 2 and one error line, and starts nothing, when no execution may be started', async () => {
    setting.deployed.denied.add('StartExecution');
    const message = /allow states:StartExecution on arn:aws:states:/;
    expectOneErrorLine(await setting.run(['--json']), message);
    expect(setting.invocations).toEqual([]);
  });
});
