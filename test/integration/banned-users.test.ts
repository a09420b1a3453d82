import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { showInPool } from '../fixtures/cognito-records.ts';
import { at, federatedUser, googleIdentity } from '../fixtures/factories.ts';
import { numberedUser } from '../fixtures/numbered-user.ts';
import { closeAndCheckRequests } from '../rigs/close-and-check.ts';
import { type DualRun, metricTotals, startDualRun } from '../rigs/dual-run.ts';
import { observationToRecord } from '../rigs/observation-record.ts';

/** As the patrol lists a profile: with the time of its last change. */
function listed(seconds: number, partial: Partial<ObservedUser>, n: number): ObservedUser {
  return numberedUser(n, { observedAt: at(seconds + 60), modifiedAt: at(seconds), ...partial });
}

const banned = { enabled: false };

describe.each([
  ['with a ledger', true],
  ['without a ledger', false],
])('a user who is disabled in Cognito, at a consumer %s', (_, ledger) => {
  let run: DualRun;
  let n = 0;
  beforeAll(async () => {
    run = await startDualRun({ ledger });
  });
  afterAll(() => closeAndCheckRequests(run));
  beforeEach(() => {
    n++;
    run.logs.length = 0;
    run.workos.control.clear();
  });
  const metrics = () => metricTotals(run.logs);
  async function deliver(...users: ObservedUser[]) {
    for (const user of users) {
      showInPool(run.cognito, user);
      const Records = [observationToRecord(user, run.queue.queueArn)];
      expect(await run.lambda.invoke('consumer', { Records })).toEqual({ batchItemFailures: [] });
    }
  }

  it('is counted, and logged with both ids, when WorkOS has the user', async () => {
    await deliver(numberedUser(n));
    await deliver(listed(10, banned, n));
    expect(metrics()).toMatchObject({ DisabledButActive: 1, OutcomeSkipped: 1 });
    const { id } = run.workos.control.userByEmail(`person-${n}@example.com`) ?? {};
    const line = run.logs.find((each) => each.includes('can still sign in')) ?? '';
    expect(JSON.parse(line)).toMatchObject({ sub: numberedUser(n).sub, workosUserId: id });
  });

  it('costs one read for one ban, however often it is observed', async () => {
    await deliver(numberedUser(n));
    run.workos.control.clear();
    for (let round = 0; round < 20; round++) await deliver(listed(10, banned, n));
    expect(run.workos.control.countRequests()).toEqual({ reads: 1, writes: 0 });
    expect(metrics()).toMatchObject({ DisabledButActive: 1 });
  });

  it('is counted again for a second ban', async () => {
    await deliver(numberedUser(n));
    await deliver(listed(10, banned, n), listed(20, { enabled: true }, n));
    await deliver(listed(30, banned, n), listed(30, banned, n));
    expect(metrics()).toMatchObject({ DisabledButActive: 2 });
  });

  it('is not counted when WorkOS does not have the user, or another made it', async () => {
    await deliver(listed(10, banned, n));
    expect(metrics().DisabledButActive).toBeUndefined();
    n++;
    run.workos.control.seedUser({
      email: `person-${n}@example.com`,
      external_id: numberedUser(n).sub,
    });
    await deliver(listed(10, banned, n));
    expect(metrics().DisabledButActive).toBeUndefined();
  });

  it('is not counted when it is the second profile of a person', async () => {
    const { email = '', sub } = numberedUser(n);
    const identities = [googleIdentity({ userId: `g-${n}` })];
    const twin = federatedUser({ sub: sub.replace('eeee', 'ffff'), email, identities });
    await deliver(numberedUser(n), twin);
    await deliver({ ...twin, ...banned, observedAt: at(30) });
    expect(metrics().DisabledButActive).toBeUndefined();
  });

  it('is looked up later when WorkOS does not answer', async () => {
    await deliver(numberedUser(n));
    run.workos.control.onRequest = () => ({ kind: 'status', status: 503 });
    const Records = [observationToRecord(listed(10, banned, n), run.queue.queueArn)];
    expect(await run.lambda.invoke('consumer', { Records })).toEqual({
      batchItemFailures: [{ itemIdentifier: expect.any(String) }],
    });
    run.workos.control.onRequest = undefined;
    await run.lambda.invoke('consumer', { Records });
    expect(metrics()).toMatchObject({ DisabledButActive: 1 });
  });
});
