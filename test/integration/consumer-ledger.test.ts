import { createServer, type Socket } from 'node:net';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { showInPool } from '../fixtures/cognito-records.ts';
import { at, federatedUser } from '../fixtures/factories.ts';
import { numberedUser } from '../fixtures/numbered-user.ts';
import { type DualRun, metricTotals, receiveAll, startDualRun } from '../rigs/dual-run.ts';
import { observationToRecord } from '../rigs/observation-record.ts';

let run: DualRun;
/** Each test has a user of its own. */
let n = 0;
const person = (partial?: Partial<ObservedUser>) => numberedUser(n, partial);
beforeAll(async () => {
  run = await startDualRun({ ledger: true });
});
afterAll(() => run.close());
beforeEach(() => {
  n++;
  run.logs.length = 0;
  workos().clear();
});
const workos = () => run.workos.control;
const deadLetters = () => receiveAll(run.queue.client, run.queue.deadLetterQueueUrl);
const inWorkos = () => workos().userByEmail(person().email ?? '');

/** One invocation with these observations as a batch, in this order. The pool shows each as observed. */
async function deliver(...users: ObservedUser[]) {
  for (const user of users) showInPool(run.cognito, user);
  return deliverOld(...users);
}

/** The same for observations that may be old: the pool shows what it did. */
async function deliverOld(...users: ObservedUser[]) {
  const Records = users.map((user) => observationToRecord(user, run.queue.queueArn));
  return run.lambda.invoke('consumer', { Records });
}

const NO_FAILURES = { batchItemFailures: [] };

describe('a consumer with a ledger', () => {
  it('sends no request to WorkOS for a state that it has mirrored already', async () => {
    await deliver(person());
    workos().clear();
    expect(await deliver(person({ observedAt: at(60) }))).toEqual(NO_FAILURES);
    expect(workos().requests).toEqual([]);
    expect(metricTotals(run.logs)).toMatchObject({ LedgerHit: 1, OutcomeUnchanged: 1 });
  });

  it('mirrors only the newest of several states of a user in one batch', async () => {
    const states = ['A', 'B', 'C', 'D'].map((givenName, index) =>
      person({ givenName, observedAt: at(index) }),
    );
    expect(await deliver(...states)).toEqual(NO_FAILURES);
    expect(inWorkos()?.first_name).toBe('D');
    expect(workos().countRequests()).toEqual({ reads: 1, writes: 1 });
    expect(metricTotals(run.logs)).toMatchObject({ ObservationSuperseded: 3, OutcomeCreated: 1 });
  });

  it('mirrors the state with the newest time of observation, whatever the order in the queue', async () => {
    await deliverOld(
      person({ givenName: 'Newer', observedAt: at(9) }),
      person({ givenName: 'Older', observedAt: at(1) }),
    );
    expect(inWorkos()?.first_name).toBe('Newer');
  });

  it('treats an older observation as stale although the newer one changed nothing in WorkOS', async () => {
    await deliver(person({ givenName: 'A', observedAt: at(0) }));
    await deliver(person({ givenName: 'A', observedAt: at(60) }));
    // B was observed in between and is delivered last: replayed, or overtaken by another trigger.
    await deliverOld(person({ givenName: 'B', observedAt: at(30) }));
    expect(inWorkos()?.first_name).toBe('A');
    expect(metricTotals(run.logs)).toMatchObject({ OutcomeStale: 1 });
  });

  it('sends one dead letter for each refused state, however often that state is observed', async () => {
    const refused = (seconds: number) => person({ email: 'nonsense', observedAt: at(seconds) });
    for (let seconds = 0; seconds < 20; seconds++) {
      expect(await deliver(refused(seconds))).toEqual(NO_FAILURES);
    }
    expect(await deadLetters()).toHaveLength(1);
    expect(workos().countRequests().writes).toBe(1);
    const other = person({ email: 'other nonsense', observedAt: at(90) });
    await deliver(other);
    expect(await deadLetters()).toHaveLength(1);
  });

  it('sends no further request to WorkOS for a state that is known to be in conflict', async () => {
    const { email = '' } = person();
    workos().seedUser({ email, email_verified: true, external_id: `crm-${n}` });
    for (let seconds = 0; seconds < 5; seconds++) {
      await deliver(person({ observedAt: at(seconds) }));
    }
    expect(workos().countRequests()).toEqual({ reads: 2, writes: 1 });
    expect(metricTotals(run.logs)).toMatchObject({ OutcomeConflict: 5 });
  });

  it('does not create a user again that was deleted in WorkOS', async () => {
    await deliver(person());
    workos().deleteUser(inWorkos()?.id ?? '');
    expect(await deliver(person({ givenName: 'Changed', observedAt: at(60) }))).toEqual(
      NO_FAILURES,
    );
    expect(inWorkos()).toBeUndefined();
    expect(run.logs.join('\n')).toContain('deleted_in_workos');
  });

  it('removes a link when the linked profile gets a WorkOS user of its own in another sandbox', async () => {
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
    const moved = { ...twin, email: `own-${n}@example.com`, observedAt: at(60) };
    showInPool(run.cognito, moved);
    await other.enqueueOld(moved, `moved-${n}`);
    await other.drain();
    await other.close();
    expect(workos().userByEmail(moved.email)?.external_id).toBe(twin.sub);
    expect(inWorkos()?.metadata).not.toHaveProperty('cognito_linked_subs');
    expect(inWorkos()?.metadata.cognito_auth).toBe('password');
  });

  it('stores no email and no name in the table', async () => {
    await deliver(person({ email: `private-${n}@example.com`, familyName: 'Privatename' }));
    const { Items = [] } =
      (await run.dynamodb?.client.send(new ScanCommand({ TableName: run.dynamodb.table }))) ?? {};
    expect(Items.length).toBeGreaterThan(1);
    expect(JSON.stringify(Items)).not.toMatch(/@|Privatename|Ada|Lovelace/);
  });

  it('mirrors without the ledger when DynamoDB cannot be reached', async () => {
    const down = await startDualRun({
      env: {
        consumer: { SYNC_LEDGER_TABLE: 'ledger', AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' },
      },
    });
    await down.enqueue(person(), `down-${n}`);
    await down.drain();
    expect(down.workos.control.userByEmail(person().email ?? '')?.external_id).toBe(person().sub);
    expect(metricTotals(down.logs).LedgerUnavailable).toBeGreaterThan(0);
    expect(await receiveAll(down.queue.client, down.queue.deadLetterQueueUrl)).toEqual([]);
    await down.close();
  });

  it('waits once for a DynamoDB that accepts connections and never answers', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => void sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const silent = await startDualRun({
      env: {
        consumer: {
          SYNC_LEDGER_TABLE: 'ledger',
          AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
        },
      },
    });
    showInPool(silent.cognito, person());
    const { email = '', sub } = person();
    silent.workos.control.seedUser({ email, email_verified: true });
    const Records = [observationToRecord(person(), silent.queue.queueArn)];
    expect(await silent.lambda.invoke('consumer', { Records })).toEqual(NO_FAILURES);
    expect(silent.workos.control.userByEmail(email)?.external_id).toBe(sub);
    await silent.close();
    for (const socket of sockets) socket.destroy();
    server.close();
    // After one request that was not answered, the ledger is skipped.
    expect(sockets.size).toBeGreaterThan(0);
    expect(sockets.size).toBeLessThanOrEqual(2);
  }, 120_000);
});
