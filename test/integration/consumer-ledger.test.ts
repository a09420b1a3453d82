import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { messageToRecord } from '../../local/emulators/lambda/sqs-event.ts';
import { encodeMessage } from '../../src/user/message.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { showInPool } from '../fixtures/cognito-records.ts';
import { at, federatedUser, observedUser } from '../fixtures/factories.ts';
import { type DualRun, metricTotals, receiveAll, startDualRun } from '../rigs/dual-run.ts';

let run: DualRun;
let people = 0;
let person: (partial?: Partial<ObservedUser>) => ObservedUser;
beforeAll(async () => {
  run = await startDualRun({ ledger: true });
});
afterAll(() => run.close());
beforeEach(() => {
  const n = ++people;
  const sub = `eeeeeeee-0000-4000-8000-${String(n).padStart(12, '0')}`;
  person = (partial = {}) =>
    observedUser({ sub, username: sub, email: `person-${n}@example.com`, ...partial });
  run.logs.length = 0;
  workos().clear();
});
const workos = () => run.workos.control;
const deadLetters = () => receiveAll(run.queue.client, run.queue.deadLetterQueueUrl);
const inWorkos = () => workos().userByEmail(person().email ?? '');

/** One invocation with these observations, in this order, as one batch of one group each sub. */
async function deliver(...users: ObservedUser[]) {
  for (const user of users) showInPool(run.cognito, user);
  return deliverOld(...users);
}

async function deliverOld(...users: ObservedUser[]) {
  const Records = users.map((user, index) => ({
    ...messageToRecord(
      {
        MessageId: `message-${people}-${index}-${user.observedAt}`,
        ReceiptHandle: `handle-${index}`,
        Body: encodeMessage(user),
        Attributes: { MessageGroupId: user.sub, ApproximateReceiveCount: '1' },
      },
      run.queue.queueArn,
      'us-east-1',
    ),
  }));
  return run.lambda.invoke('consumer', { Records });
}

const NO_FAILURES = { batchItemFailures: [] };

describe('a consumer with a ledger', () => {
  it('asks WorkOS nothing about a state that it has mirrored', async () => {
    await deliver(person());
    workos().clear();
    expect(await deliver(person({ observedAt: at(60) }))).toEqual(NO_FAILURES);
    expect(workos().requests).toEqual([]);
    expect(metricTotals(run.logs)).toMatchObject({ LedgerHit: 1, OutcomeUnchanged: 1 });
  });

  it('mirrors only the newest of the states that wait together', async () => {
    const states = ['A', 'B', 'C', 'D'].map((givenName, n) =>
      person({ givenName, observedAt: at(n) }),
    );
    expect(await deliver(...states)).toEqual(NO_FAILURES);
    expect(inWorkos()?.first_name).toBe('D');
    expect(workos().countRequests()).toEqual({ reads: 1, writes: 1 });
    expect(metricTotals(run.logs)).toMatchObject({ ObservationSuperseded: 3, OutcomeCreated: 1 });
  });

  it('goes by the time of the observation, not by the place in the queue', async () => {
    await deliverOld(
      person({ givenName: 'Newer', observedAt: at(9) }),
      person({ givenName: 'Older', observedAt: at(1) }),
    );
    expect(inWorkos()?.first_name).toBe('Newer');
  });

  it('knows an older observation, though the newer one changed nothing in WorkOS', async () => {
    await deliver(person({ givenName: 'A', observedAt: at(0) }));
    await deliver(person({ givenName: 'A', observedAt: at(60) }));
    // B was seen in between, and comes last: from the dead-letter queue, or by another trigger.
    await deliverOld(person({ givenName: 'B', observedAt: at(30) }));
    expect(inWorkos()?.first_name).toBe('A');
    expect(metricTotals(run.logs)).toMatchObject({ OutcomeStale: 1 });
  });

  it('makes one dead letter of a state that WorkOS refuses, however often it is seen', async () => {
    const refused = (seconds: number) => person({ email: 'nonsense', observedAt: at(seconds) });
    for (let n = 0; n < 20; n++) expect(await deliver(refused(n))).toEqual(NO_FAILURES);
    expect(await deadLetters()).toHaveLength(1);
    expect(workos().countRequests().writes).toBe(1);
    const other = person({ email: 'other nonsense', observedAt: at(90) });
    await deliver(other);
    expect(await deadLetters()).toHaveLength(1);
  });

  it('lets a state in conflict cost WorkOS nothing for a while', async () => {
    const { email = '' } = person();
    workos().seedUser({ email, email_verified: true, external_id: `crm-${people}` });
    for (let n = 0; n < 5; n++) await deliver(person({ observedAt: at(n) }));
    expect(workos().countRequests()).toEqual({ reads: 2, writes: 1 });
    expect(metricTotals(run.logs)).toMatchObject({ OutcomeConflict: 5 });
  });

  it('does not make a user again who was deleted in WorkOS', async () => {
    await deliver(person());
    workos().deleteUser(inWorkos()?.id ?? '');
    expect(await deliver(person({ givenName: 'Changed', observedAt: at(60) }))).toEqual(
      NO_FAILURES,
    );
    expect(inWorkos()).toBeUndefined();
    expect(run.logs.join('\n')).toContain('deleted_in_workos');
  });

  it('ends a link when the linked profile has a user of its own, in another sandbox too', async () => {
    const { sub, email = '' } = person();
    const twin = federatedUser({ sub: sub.replace('eeeeeeee', 'ffffffff'), email });
    await deliver(person());
    await deliver(twin);
    expect(inWorkos()?.metadata.cognito_linked_subs).toBe(twin.sub);
    const other = await startDualRun({
      env: {
        consumer: {
          SYNC_LEDGER_TABLE: run.dynamodb?.table ?? '',
          AWS_ENDPOINT_URL_DYNAMODB: run.dynamodb?.endpoint ?? '',
          WORKOS_API_PORT: String(run.workos.port),
          AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: run.cognito.endpoint,
        },
      },
    });
    const moved = { ...twin, email: `own-${people}@example.com`, observedAt: at(60) };
    showInPool(run.cognito, moved);
    await other.enqueueOld(moved, `moved-${people}`);
    await other.drain();
    await other.close();
    expect(workos().userByEmail(moved.email)?.external_id).toBe(twin.sub);
    expect(inWorkos()?.metadata).not.toHaveProperty('cognito_linked_subs');
    expect(inWorkos()?.metadata.cognito_auth).toBe('password');
  });

  it('keeps no personal data', async () => {
    await deliver(person({ email: `private-${people}@example.com`, familyName: 'Privatename' }));
    const { Items = [] } =
      (await run.dynamodb?.client.send(new ScanCommand({ TableName: run.dynamodb.table }))) ?? {};
    expect(Items.length).toBeGreaterThan(1);
    expect(JSON.stringify(Items)).not.toMatch(/@|Privatename|Ada|Lovelace/);
  });

  it('goes on without a DynamoDB that cannot be asked', async () => {
    const down = await startDualRun({
      env: {
        consumer: { SYNC_LEDGER_TABLE: 'ledger', AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' },
      },
    });
    await down.enqueue(person(), `down-${people}`);
    await down.drain();
    expect(down.workos.control.userByEmail(person().email ?? '')?.external_id).toBe(person().sub);
    expect(metricTotals(down.logs).LedgerUnavailable).toBeGreaterThan(0);
    expect(await receiveAll(down.queue.client, down.queue.deadLetterQueueUrl)).toEqual([]);
    await down.close();
  });
});
