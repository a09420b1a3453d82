import { setTimeout as delay } from 'node:timers/promises';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalDynamodb, startDynamodb } from '../../local/emulators/dynamodb.ts';
import { createRequestScheduler } from '../../src/bulk/request-scheduler.ts';
import { startGivingWay } from '../../src/ledger/give-way.ts';
import { createUsageReport } from '../../src/ledger/usage-report.ts';

let dynamodb: LocalDynamodb;
beforeEach(async () => {
  dynamodb = await startDynamodb();
});
afterEach(() => dynamodb.close());
const failures: unknown[] = [];
const shared = () => ({
  client: dynamodb.client,
  table: dynamodb.table,
  clock: () => new Date(),
  onUnavailable: (failure: unknown) => failures.push(failure),
});
const usage = async () => {
  const Key = { sub: { S: '#usage' } };
  return (await dynamodb.client.send(new GetItemCommand({ TableName: dynamodb.table, Key }))).Item;
};

describe('the usage report of a consumer', () => {
  it('writes nothing to the ledger table while no bulk run is under way', async () => {
    const report = createUsageReport(shared());
    report.sent('read');
    await report.report();
    expect(await usage()).toBeUndefined();
  });

  it('adds up the requests of all sandboxes while a bulk run is under way, and stops when it ends', async () => {
    const end = startGivingWay({ ...shared(), giveWay() {} });
    await delay(100);
    for (let sandbox = 0; sandbox < 3; sandbox++) {
      const report = createUsageReport(shared());
      for (const kind of ['read', 'read', 'write'] as const) report.sent(kind);
      await report.report();
      await report.report();
    }
    await end();
    expect(await usage()).toMatchObject({ reads: { N: '6' }, writes: { N: '3' } });
    const later = createUsageReport(shared());
    later.sent('write');
    await later.report();
    expect(await usage()).toMatchObject({ writes: { N: '3' } });
  });
});

describe('a bulk run', () => {
  it('is told the requests that consumers have sent since it began, and none from before', async () => {
    const first = startGivingWay({ ...shared(), giveWay() {} });
    await delay(100);
    const report = createUsageReport(shared());
    report.sent('write');
    await report.report();
    await first();
    const told: { reads: number; writes: number }[] = [];
    const end = startGivingWay({ ...shared(), giveWay: (used) => told.push(used) });
    await delay(200);
    const now = createUsageReport(shared());
    for (let n = 0; n < 5; n++) now.sent('write');
    now.sent('read');
    await now.report();
    while (told.length === 0) await delay(20);
    await end();
    expect(told[0]).toEqual({ reads: 1, writes: 5 });
  });

  it('continues, and reports the failure, when the ledger table cannot be read', async () => {
    dynamodb.isFailing = () => true;
    failures.length = 0;
    const end = startGivingWay({ ...shared(), giveWay: () => expect.unreachable() });
    while (failures.length === 0) await delay(20);
    await end();
  });
});

describe('the request scheduler', () => {
  /** How many of so many writes start beside consumers that send as many. */
  async function started(used: { reads: number; writes: number }): Promise<number> {
    const stop = new AbortController();
    const scheduler = createRequestScheduler({
      writesPerSecond: 100,
      requestsPerSecond: 200,
      signal: stop.signal,
    });
    let count = 0;
    const run = () => scheduler.run('write', async () => count++).catch(() => {});
    const all = Array.from({ length: 400 }, run);
    for (let second = 0; second < 2; second++) {
      scheduler.giveWay(used);
      await delay(1_000);
    }
    stop.abort();
    await Promise.all(all);
    return count;
  }

  it('starts fewer writes the more requests consumers send, and never stops', async () => {
    const [alone, beside, crowded] = await Promise.all([
      started({ reads: 0, writes: 0 }),
      started({ reads: 50, writes: 50 }),
      started({ reads: 5_000, writes: 5_000 }),
    ]);
    expect(beside).toBeLessThan(alone * 0.75);
    expect(beside).toBeGreaterThan(alone * 0.25);
    expect(crowded).toBeLessThan(alone * 0.3);
    expect(crowded).toBeGreaterThan(0);
  });
});
