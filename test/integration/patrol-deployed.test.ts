import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEventSource } from '../../local/emulators/lambda/event-source.ts';
import { type PatrolState, readPatrolState } from '../../src/patrol/patrol-state.ts';
import { numberedSub, numberedUser } from '../fixtures/numbered-user.ts';
import { type DualRun, metricTotals, startDualRun } from '../rigs/dual-run.ts';
import { poolOf } from '../rigs/patrol-rig.ts';

const USERS = 30;
let run: DualRun;
beforeAll(async () => {
  run = await startDualRun({
    ledger: true,
    cognito: { users: poolOf(USERS), pageSize: () => 10 },
    env: { patrol: { SYNC_PATROL_REQUESTS_PER_SECOND: '200' } },
  });
});
beforeEach(() => run.workos.control.requests.splice(0));
afterAll(() => run.close());

const answerSchema = v.looseObject({ done: v.boolean() });

/** The bundled handler, repeated as the state machine does, beside the consumer. */
async function patrol(event: unknown = {}): Promise<void> {
  const source = startEventSource({
    client: run.queue.client,
    queueUrl: run.queue.queueUrl,
    queueArn: run.queue.queueArn,
    invoke: (batch) => run.lambda.invoke('consumer', batch),
  });
  let next = event;
  do {
    next = await run.lambda.invoke('patrol', next);
  } while (!v.parse(answerSchema, next).done);
  await source.drained();
  await source.stop();
}

async function state(): Promise<PatrolState> {
  if (!run.dynamodb) throw new Error('no ledger');
  return readPatrolState(run.dynamodb);
}

const workosUser = (n: number) => run.workos.control.userByEmail(numberedUser(n).email ?? '');

describe('the deployed patrol', () => {
  it('brings everybody into WorkOS, then needs no request to WorkOS for a pool that did not change', async () => {
    await patrol();
    expect(workosUser(USERS - 1)?.email).toBe(`person-${USERS - 1}@example.com`);
    run.workos.control.requests.splice(0);
    await patrol();
    await patrol({ full: true });
    expect((await state()).last).toMatchObject({ kind: 'full', published: USERS });
    expect(run.workos.control.requests).toEqual([]);
  });

  it('brings an edit without a sign-in', async () => {
    run.cognito.control.update(numberedSub(4), { attributes: { given_name: 'Ada' } });
    await patrol();
    expect(workosUser(4)?.first_name).toBe('Ada');
  });

  it('changes nothing by a listing that is older than a sign-in', async () => {
    const listed = new Date();
    const event = numberedUser(5, {
      givenName: 'New',
      observedAt: new Date(listed.getTime() + 1_000).toISOString(),
    });
    const old = numberedUser(5, {
      givenName: 'Old',
      status: 'CONFIRMED',
      enabled: true,
      modifiedAt: new Date(listed.getTime() - 1_000).toISOString(),
      observedAt: listed.toISOString(),
    });
    await run.enqueueOld(event, 'sign-in');
    await run.drain();
    await run.enqueueOld(old, 'listed-before');
    await run.drain();
    expect(workosUser(5)?.first_name).toBe('New');
  });

  it('counts its rounds, requests and users', async () => {
    expect(metricTotals(run.logs)).toMatchObject({
      PatrolRoundEnded: expect.any(Number),
      PatrolRequests: expect.any(Number),
      PatrolUsersListed: expect.any(Number),
      PatrolUsersPublished: expect.any(Number),
    });
  });

  it('logs no name and no address', () => {
    const lines = run.logs.filter((line) => line.includes('"service":"patrol"'));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toMatch(/@example\.com|Ada/);
  });
});
