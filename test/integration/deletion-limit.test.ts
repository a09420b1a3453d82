import * as v from 'valibot';
import { afterEach, describe, expect, it } from 'vitest';
import { numberedSub, numberedUser } from '../fixtures/numbered-user.ts';
import { type DualRun, type DualRunOptions, metricTotals, startDualRun } from '../rigs/dual-run.ts';
import { goneToRecord, observationToRecord } from '../rigs/observation-record.ts';

const open: DualRun[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function start(consumer: Record<string, string>, options: DualRunOptions = {}) {
  const run = await startDualRun({
    ledger: true,
    workos: { allowDeletes: true },
    env: { consumer: { SYNC_WORKOS_SHARE: '1', ...consumer } },
    ...options,
  });
  open.push(run);
  return run;
}

/** WorkOS users of this pool whose profiles Cognito does not have. */
function seedGone(run: DualRun, count: number): void {
  for (let n = 0; n < count; n++) {
    run.workos.control.seedUser({
      email: `person-${n}@example.com`,
      external_id: numberedSub(n),
      metadata: { cognito_pool: run.cognito.userPoolId, cognito_auth: 'password' },
    });
  }
}

function deliver(run: DualRun, ...subs: string[]) {
  const { userPoolId } = run.cognito;
  const observedAt = new Date().toISOString();
  const Records = subs.map((sub) =>
    goneToRecord({ userPoolId, sub, observedAt }, run.queue.queueArn),
  );
  return run.lambda.invoke('consumer', { Records });
}

const answerSchema = v.object({ batchItemFailures: v.array(v.unknown()) });
const NO_FAILURES = { batchItemFailures: [] };
const RETRIED = { batchItemFailures: [{ itemIdentifier: expect.any(String) }] };
const DELETE = { SYNC_DELETIONS: 'delete', SYNC_MAX_DELETIONS_PER_DAY: '5' };

describe('the limit of deletions a day', () => {
  it('holds for a hundred deletions in Cognito, some of which arrive twice, at four consumers at once', async () => {
    const run = await start({ ...DELETE, SYNC_MAX_DELETIONS_PER_DAY: '20' });
    seedGone(run, 100);
    const batches = Array.from({ length: 12 }, (_, batch) =>
      Array.from({ length: 10 }, (__, index) => numberedSub((batch % 10) * 10 + index)),
    );
    const consume = async () => {
      for (let batch = batches.shift(); batch; batch = batches.shift()) {
        const answer = v.parse(answerSchema, await deliver(run, ...batch));
        // Each is a message of its own: SQS delivers what is retried again.
        if (answer.batchItemFailures.length > 0) batches.push(batch);
      }
    };
    await Promise.all([consume(), consume(), consume(), consume()]);
    expect(run.workos.control.users()).toHaveLength(80);
    const { OutcomeDeleted, DeletionHeldBack = 0 } = metricTotals(run.logs);
    expect(OutcomeDeleted).toBe(20);
    expect(DeletionHeldBack).toBeGreaterThanOrEqual(80);
    expect(run.logs.join('\n')).toContain('deletion_held_back');
  }, 120_000);

  it('is not used up by a deletion that is delivered again because its answer was lost', async () => {
    const run = await start({ ...DELETE, SYNC_MAX_DELETIONS_PER_DAY: '1' });
    seedGone(run, 2);
    const { control } = run.workos;
    control.onRequest = ({ method }) => (method === 'DELETE' ? { kind: 'reset' } : undefined);
    for (let delivery = 0; delivery < 3; delivery++) {
      expect(await deliver(run, numberedSub(0))).toEqual(RETRIED);
    }
    control.onRequest = undefined;
    await deliver(run, numberedSub(0), numberedSub(1));
    expect(control.users()).toMatchObject([{ external_id: numberedSub(1) }]);
  }, 30_000);

  it('is not used up by users that may not be deleted', async () => {
    const run = await start({ ...DELETE, SYNC_MAX_DELETIONS_PER_DAY: '1' });
    seedGone(run, 2);
    const { control } = run.workos;
    control.signIn(control.userByEmail('person-0@example.com')?.id ?? '');
    await deliver(run, numberedSub(0));
    await deliver(run, numberedSub(1));
    expect(control.users()).toMatchObject([{ external_id: numberedSub(0) }]);
  });

  it('deletes no user, and the message is retried, when the deletions cannot be counted', async () => {
    const run = await start({ ...DELETE, AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' });
    seedGone(run, 1);
    expect(await deliver(run, numberedSub(0))).toEqual(RETRIED);
    expect(run.workos.control.users()).toHaveLength(1);
  });

  it('is none without a ledger: every deletion is held back, and the log says so at the start', async () => {
    const run = await start(DELETE, {
      ledger: false,
      env: { consumer: DELETE },
    });
    seedGone(run, 1);
    expect(await deliver(run, numberedSub(0))).toEqual(NO_FAILURES);
    expect(run.workos.control.users()).toHaveLength(1);
    expect(metricTotals(run.logs)).toMatchObject({ DeletionHeldBack: 1, OutcomeConflict: 1 });
    expect(run.logs.join('\n')).toContain('every deletion is held back');
  });
});

describe('a consumer with deletions=keep', () => {
  it('reads Cognito at a pace that leaves the application the quota, however many users are gone', async () => {
    const run = await start({}, { cognito: { maxRequestsPerSecond: 16 } });
    const subs = Array.from({ length: 30 }, (_, n) => numberedSub(n));
    expect(await deliver(run, ...subs)).toEqual(NO_FAILURES);
    const { requests } = run.cognito.control;
    expect(requests).toHaveLength(30);
    expect(requests.filter(({ status }) => status !== 200)).toEqual([]);
  }, 30_000);

  it('keeps the WorkOS user of a gone profile, asks WorkOS nothing, and takes later what is older as stale', async () => {
    const run = await start({});
    seedGone(run, 1);
    run.workos.control.clear();
    expect(await deliver(run, numberedSub(0))).toEqual(NO_FAILURES);
    expect(run.workos.control.requests).toEqual([]);
    expect(metricTotals(run.logs)).toMatchObject({ OutcomeSkipped: 1 });
    const old = observationToRecord(numberedUser(0, { givenName: 'Old' }), run.queue.queueArn);
    await run.lambda.invoke('consumer', { Records: [old] });
    expect(run.workos.control.requests).toEqual([]);
  });
});

describe('a consumer that is to delete', () => {
  it('does not start without the id of the pool', async () => {
    const run = await start({ ...DELETE, SYNC_USER_POOL_ID: '' });
    seedGone(run, 1);
    await expect(deliver(run, numberedSub(0))).rejects.toThrow(/SYNC_USER_POOL_ID is not set/);
    expect(run.workos.control.users()).toHaveLength(1);
  });
});
