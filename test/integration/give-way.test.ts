import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalDynamodb, startDynamodb } from '../../local/emulators/dynamodb.ts';
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
async function item(sub: string) {
  const Key = { sub: { S: sub } };
  return (await dynamodb.client.send(new GetItemCommand({ TableName: dynamodb.table, Key }))).Item;
}
const usage = () => item('#usage');
/** Resolves once the table says that a bulk run is under way. */
const bulkRunAnnounced = () =>
  expect
    .poll(async () => Number((await item('#bulk-run'))?.until?.N ?? 0))
    .toBeGreaterThan(Date.now());

describe('the usage report of a consumer', () => {
  it('writes nothing to the ledger table while no bulk run is under way', async () => {
    const report = createUsageReport(shared());
    report.sent('read');
    await report.report();
    expect(await usage()).toBeUndefined();
  });

  it('adds up the requests of all sandboxes while a bulk run is under way, and stops when it ends', async () => {
    const end = startGivingWay({ ...shared(), giveWay() {} });
    await bulkRunAnnounced();
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
    await bulkRunAnnounced();
    const report = createUsageReport(shared());
    report.sent('write');
    await report.report();
    await first();
    const told: { reads: number; writes: number }[] = [];
    const end = startGivingWay({ ...shared(), giveWay: (used) => told.push(used) });
    await expect.poll(() => told.length, { timeout: 10_000 }).toBeGreaterThan(0);
    const beforehand = told.splice(0);
    const now = createUsageReport(shared());
    for (let n = 0; n < 5; n++) now.sent('write');
    now.sent('read');
    await now.report();
    const isReported = () => told.some(({ reads }) => reads > 0);
    await expect.poll(isReported, { timeout: 10_000 }).toBe(true);
    await end();
    expect(new Set(beforehand.map(({ reads, writes }) => reads + writes))).toEqual(new Set([0]));
    expect(told.filter(({ reads, writes }) => reads + writes > 0)).toEqual([
      { reads: 1, writes: 5 },
    ]);
  });

  it('continues, and reports the failure, when the ledger table cannot be read', async () => {
    dynamodb.isFailing = () => true;
    failures.length = 0;
    const told: unknown[] = [];
    const end = startGivingWay({ ...shared(), giveWay: (used) => told.push(used) });
    await expect.poll(() => failures.length).toBeGreaterThan(0);
    await end();
    expect(failures[0]).toMatchObject({ action: 'usage' });
    expect(told).toEqual([]);
  });
});
