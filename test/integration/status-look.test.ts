import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { saveLastRun } from '../../src/ledger/last-run.ts';
import type { NamedCheck } from '../../src/status/check.ts';
import type { StatusFacts } from '../../src/status/facts.ts';
import { judge } from '../../src/status/judge.ts';
import { type StatusRig, type StatusService, startStatusRig } from '../rigs/status-rig.ts';
import {
  type FaultyService,
  type ServiceFault,
  startFaultyService,
} from '../stand-ins/faulty-service.ts';

let rig: StatusRig;
const faults = new Map<ServiceFault, FaultyService>();

beforeAll(async () => {
  rig = await startStatusRig();
  for (const fault of ['denied', 'hangs', 'garbage', 'empty', 'down'] as const) {
    faults.set(fault, await startFaultyService(fault));
  }
});
afterAll(async () => {
  await rig.close();
  for (const each of faults.values()) await each.close();
});
afterEach(() => {
  rig.points.length = 0;
});

const FROM_THE_TABLE = [
  ...['patrol', 'canary', 'seeded', 'verify', 'since_verify', 'passwords', 'crossed_over', 'mails'],
];
/** Which lines each service tells of, and the permission that it needs. */
const TELLS = {
  cognito: { lines: ['triggers'], permission: /cognito-idp:DescribeUserPool/ },
  lambda: { lines: ['triggers'], permission: /lambda:ListFunctions/ },
  cloudFormation: {
    lines: ['stack', 'observed', 'queue', 'dead_letters', ...FROM_THE_TABLE],
    permission: /cloudformation:DescribeStacks/,
  },
  cloudWatch: { lines: ['observed', 'alarms'], permission: /cloudwatch:(Describe|GetMetric)/ },
  sqs: { lines: ['queue', 'dead_letters'], permission: /sqs:GetQueueAttributes/ },
  dynamodb: { lines: FROM_THE_TABLE, permission: /dynamodb:GetItem/ },
} satisfies Partial<Record<StatusService, { lines: string[]; permission: RegExp }>>;
type Told = keyof typeof TELLS;
const SERVICES: readonly Told[] = [
  ...(['cognito', 'lambda', 'cloudFormation', 'cloudWatch', 'sqs', 'dynamodb'] as const),
];
/** No table item and no function are answers. */
const MAY_BE_EMPTY: readonly Told[] = ['lambda', 'dynamodb'];

async function unknownsWith(service: Told, fault: ServiceFault): Promise<NamedCheck[]> {
  const facts = await rig.look({ [service]: faults.get(fault)?.endpoint ?? '' }, 'prod');
  return unknowns(facts);
}

function unknowns(facts: StatusFacts): NamedCheck[] {
  return judge(facts).checks.filter(({ state }) => state === 'unknown');
}

const namesOf = (checks: readonly NamedCheck[]) => checks.map(({ name }) => name);

describe('a look', () => {
  it('finds out everything when every service answers', async () => {
    const facts = await rig.look();
    const { well, checks } = judge(facts);
    expect(namesOf(unknowns(facts))).toEqual([]);
    expect(checks.filter(({ state }) => state === 'bad')).toEqual([]);
    expect(well).toBe(true);
    expect(facts.stage).toMatchObject({ value: 'prod' });
    expect(facts.account).toMatchObject({ value: '000000000000' });
    expect(facts.triggers).toMatchObject({ value: [{ attached: true }, { attached: true }] });
  });

  it.each(
    SERVICES.flatMap((service) =>
      (['denied', 'garbage', 'empty', 'down'] as const).map((fault) => ({ service, fault })),
    ).filter(({ service, fault }) => fault !== 'empty' || !MAY_BE_EMPTY.includes(service)),
  )('knows the rest, and says what is missing, when $service is $fault', async (each) => {
    const { service, fault } = each;
    const { lines, permission } = TELLS[service];
    const found = await unknownsWith(service, fault);
    expect(namesOf(found)).toEqual(lines);
    if (fault === 'denied') {
      for (const { detail } of found) expect(detail).toMatch(permission);
    }
  });

  it('does not wait for a service that hangs, whichever it is', async () => {
    const found = await Promise.all(SERVICES.map((service) => unknownsWith(service, 'hangs')));
    expect(found.map(namesOf)).toEqual(SERVICES.map((service) => TELLS[service].lines));
    for (const { detail } of found.flat()) expect(detail).toMatch(/no answer to \S+/);
  });

  it('sees a backlog and a dead letter without receiving a message', async () => {
    const { client, queueUrl, deadLetterQueueUrl } = rig.queue;
    for (const [url, id] of [
      [queueUrl, 'one'],
      [queueUrl, 'two'],
      [deadLetterQueueUrl, 'three'],
    ] as const) {
      const message = { QueueUrl: url, MessageBody: '{}', MessageGroupId: id };
      await client.send(new SendMessageCommand({ ...message, MessageDeduplicationId: id }));
    }
    for (let looks = 0; looks < 2; looks++) {
      const facts = await rig.look();
      expect(facts.queue).toMatchObject({ value: { visible: 2, inFlight: 0 } });
      expect(facts.deadLetters).toMatchObject({ value: { visible: 1, inFlight: 0 } });
    }
  });

  it('shows nothing of a table or a queue that a variable names and the stage does not have', async () => {
    const named = {
      table: 'cognito-workos-sync-dev-ledger',
      queueUrl: rig.queue.queueUrl.replace(/[^/]+$/, 'another.fifo'),
    };
    const facts = await rig.look({}, 'prod', named);
    expect(judge(facts).well).toBe(false);
    expect(namesOf(unknowns(facts))).toEqual(expect.arrayContaining(['queue', 'verify', 'patrol']));
    expect(facts.lastRuns.verify).toMatchObject({ why: expect.stringContaining('unset') });
    expect((await rig.look({}, 'prod', { queueUrl: rig.queue.queueUrl })).queue.known).toBe(true);
  });

  it('says which stage observes the pool, when another one is asked for', async () => {
    const facts = await rig.look({}, 'prd');
    expect(facts.triggers).toEqual({
      known: false,
      why: 'the stage prd does not observe this pool, another one does: give --stage prod',
    });
  });

  it('reads the numbers of CloudWatch, and those since the last verify apart', async () => {
    const now = Date.now();
    const { client, table } = rig.dynamodb;
    const endedAt = new Date(now - 3_600_000).toISOString();
    await saveLastRun({ client, table }, 'verify', { endedAt, version: '0.1.0', figures: {} });
    count('OutcomeConflict', 'consumer', 30, 2);
    count('OutcomeConflict', 'consumer', 90, 5);
    count('PublicationLost', 'post-confirmation', 10, 1);
    count('PublicationLost', 'pre-authentication', 20, 1);
    count('ObservationPublished', 'pre-authentication', 300, 40);
    count('ObservationPublished', 'pre-authentication', 26 * 60, 40);
    for (let at = 1; at <= 100; at++) count('ObservationAge', 'consumer', 5, at * 100);
    const { metrics } = await rig.look();
    expect(metrics).toMatchObject({
      value: {
        lagP99Ms: 9_900,
        observedLastDay: 40,
        sinceVerify: {
          since: endedAt,
          lost: 2,
          conflicts: 2,
          deadLettered: 0,
          passwordsCarried: 0,
        },
      },
    });

    function count(name: string, value: string, minutesAgo: number, number: number) {
      const metric = { namespace: 'CognitoWorkosSync', name, dimension: 'service', value };
      rig.points.push({ metric, at: now - minutesAgo * 60_000, value: number });
    }
  });
});
