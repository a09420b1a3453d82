import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { forgetInPool, showInPool } from '../fixtures/cognito-records.ts';
import { at, federatedUser, observedUser } from '../fixtures/factories.ts';
import { type DualRun, receiveAll, startDualRun } from '../rigs/dual-run.ts';
import { observationToRecord } from '../rigs/observation-record.ts';
import { startRedriveSetting } from '../rigs/redrive-run.ts';
import { type SqsProxy, startSqsProxy } from '../stand-ins/sqs-proxy.ts';

let run: DualRun;
let proxy: SqsProxy;
let bare: DualRun;
/** Each test has users of its own. */
let n = 0;
beforeAll(async () => {
  run = await startDualRun({ ledger: true });
  bare = await startDualRun();
  proxy = await startSqsProxy(run.queue.endpoint);
}, 120_000);
afterAll(async () => {
  await run.close();
  await bare.close();
  await proxy.close();
});
beforeEach(() => {
  n++;
  for (const each of [run, bare]) {
    each.logs.length = 0;
    each.workos.control.clear();
  }
});

const subOf = (name: string) =>
  `${name.padEnd(8, '0').slice(0, 8)}-0000-4000-8000-${String(n).padStart(12, '0')}`;
const mail = (name: string) => `${name}-${n}@example.com`;
const native = (name: string, partial: Partial<ObservedUser> = {}) =>
  observedUser({ sub: subOf(name), username: subOf(name), email: mail(name), ...partial });
const google = (name: string, partial: Partial<ObservedUser> = {}) =>
  federatedUser({ sub: subOf(name), username: subOf(name), email: mail(name), ...partial });

/** One invocation; the pool shows what it was told to show. */
async function deliver(on: DualRun, ...users: ObservedUser[]) {
  const Records = users.map((user) => observationToRecord(user, on.queue.queueArn));
  return on.lambda.invoke('consumer', { Records });
}
async function observe(on: DualRun, ...users: ObservedUser[]) {
  for (const user of users) showInPool(on.cognito, user);
  return deliver(on, ...users);
}
const usersOf = (on: DualRun) =>
  on.workos.control
    .users()
    .filter(({ email }) => email.endsWith(`-${n}@example.com`))
    .map(({ email, first_name, external_id, metadata }) => ({
      email,
      first_name,
      external_id,
      linked: metadata.cognito_linked_subs,
    }))
    .sort((a, b) => (a.email < b.email ? -1 : 1));

/** Plays the same history without a ledger and with one. @returns the WorkOS users of each. */
async function withAndWithout(history: (on: DualRun) => Promise<void>) {
  await history(bare);
  await history(run);
  return { without: usersOf(bare), with: usersOf(run) };
}

describe('a ledger, when the answer of WorkOS is lost after the write', () => {
  it('mirrors A again when B was written in between and A supersedes the retry of B', async () => {
    const states = await withAndWithout(async (on) => {
      await observe(on, native('ada', { givenName: 'A', observedAt: at(0) }));
      const b = native('ada', { givenName: 'B', observedAt: at(60) });
      on.workos.control.onRequest = ({ method }) =>
        method === 'PUT' ? { kind: 'reset', afterApplying: true } : undefined;
      const first = await observe(on, b);
      expect(first).toMatchObject({ batchItemFailures: [{}] });
      on.workos.control.onRequest = undefined;
      // B is delivered again, and A has been observed by then.
      expect(await observe(on, b, native('ada', { givenName: 'A', observedAt: at(90) }))).toEqual({
        batchItemFailures: [],
      });
    });
    expect(states.without).toMatchObject([{ first_name: 'A' }]);
    expect(states.with).toEqual(states.without);
  });
});

describe('a ledger, when the dead letter of a refused user could not be sent', () => {
  it('does not keep the next delivery from moving the message to the dead-letter queue', async () => {
    const broken = await startDualRun({
      env: { consumer: { SYNC_DLQ_URL: `${proxy.endpoint}/000000000000/none.fifo` } },
      ledger: true,
    });
    const good = await startDualRun({
      env: {
        consumer: {
          SYNC_LEDGER_TABLE: broken.dynamodb?.table ?? '',
          AWS_ENDPOINT_URL_DYNAMODB: broken.dynamodb?.endpoint ?? '',
        },
      },
    });
    const bad = native('ada', { email: `nonsense ${n}` });
    // The dead-letter queue does not accept it, so it is retried (docs/design.md#consumer).
    expect(await observe(broken, bad)).toMatchObject({ batchItemFailures: [{}] });
    // The message is delivered again, and the dead-letter queue works.
    expect(await observe(good, bad)).toEqual({ batchItemFailures: [] });
    const deadLetters = await receiveAll(good.queue.client, good.queue.deadLetterQueueUrl);
    await broken.close();
    await good.close();
    expect(deadLetters).toHaveLength(1);
  }, 60_000);
});

describe('redrive --replay, with a ledger', () => {
  it('leaves a dead letter of a state that is refused again', async () => {
    const on = await startDualRun({ ledger: true });
    const redrive = await startRedriveSetting(on.queue);
    await on.enqueue(native('ada', { email: `nonsense ${n}` }), `bad-${n}`);
    await on.drain();
    const { code } = await redrive.run(['--replay', '--json']);
    expect(code).toBe(0);
    await on.drain();
    const deadLetters = await receiveAll(on.queue.client, on.queue.deadLetterQueueUrl);
    await redrive.close();
    await on.close();
    expect(deadLetters).toHaveLength(1);
  }, 60_000);

  it('mirrors the user right after the cause of the refusal was fixed', async () => {
    const on = await startDualRun({ ledger: true });
    const redrive = await startRedriveSetting(on.queue);
    on.workos.control.onRequest = ({ method }) =>
      method === 'POST'
        ? { kind: 'status', status: 422, body: { code: 'invalid_request_parameters' } }
        : undefined;
    await on.enqueue(native('ada'), `bad-${n}`);
    await on.drain();
    on.workos.control.onRequest = undefined;
    await redrive.run(['--replay', '--json']);
    await on.drain();
    const found = on.workos.control.userByEmail(mail('ada'));
    await redrive.close();
    await on.close();
    expect(found?.external_id).toBe(subOf('ada'));
  }, 60_000);
});

describe('a ledger, when the primary of a linked profile has moved to another address', () => {
  it('gives the linked profile a WorkOS user of its own at its next sign-in', async () => {
    const states = await withAndWithout(async (on) => {
      const goo = google('goo', { email: mail('ada') });
      await observe(on, native('ada'));
      await observe(on, goo);
      await observe(on, { ...goo, observedAt: at(10) });
      await observe(on, native('ada', { email: mail('new'), observedAt: at(60) }));
      await observe(on, { ...goo, observedAt: at(90) });
    });
    expect(states.without.map(({ external_id }) => external_id)).toEqual([
      subOf('goo'),
      subOf('ada'),
    ]);
    expect(states.with).toEqual(states.without);
  });
});

describe('a ledger, when Cognito confirms another state than the observed one', () => {
  it('mirrors A when A is observed again after B was linked for it', async () => {
    const states = await withAndWithout(async (on) => {
      on.workos.control.seedUser({ email: mail('ada'), email_verified: true });
      const a = native('ada', { givenName: 'A', observedAt: at(0) });
      // Renamed by the application since: no trigger reports that.
      showInPool(on.cognito, native('ada', { givenName: 'B', observedAt: at(30) }));
      await deliver(on, a);
      // Renamed back, and signed in.
      await observe(on, native('ada', { givenName: 'A', observedAt: at(60) }));
    });
    expect(states.without).toMatchObject([{ first_name: 'A' }]);
    expect(states.with).toEqual(states.without);
  });

  it('removes a provider that only the confirmation showed', async () => {
    const linkedGoogle = {
      identities: [{ providerName: 'Google', providerType: 'Google', userId: '1', primary: false }],
    };
    const history = async (on: DualRun) => {
      on.workos.control.seedUser({ email: mail('ada'), email_verified: true });
      showInPool(on.cognito, native('ada', { ...linkedGoogle, observedAt: at(30) }));
      await deliver(on, native('ada', { observedAt: at(0) }));
      await observe(on, native('ada', { observedAt: at(60) }));
    };
    await history(bare);
    await history(run);
    const tags = (on: DualRun) =>
      on.workos.control.userByEmail(mail('ada'))?.metadata.federated_providers;
    expect(tags(bare)).toBeUndefined();
    expect(tags(run)).toBe(tags(bare));
  });
});

describe('a ledger, after a squatter was displaced', () => {
  it('does not take the squatter for deleted when the WorkOS user of the owner was deleted', async () => {
    const states = await withAndWithout(async (on) => {
      const squatter = native('mal', { email: mail('ada'), emailVerified: false });
      await observe(on, squatter);
      await observe(on, native('ada', { observedAt: at(30) }));
      // Ada is deleted on both sides.
      on.workos.control.deleteUser(on.workos.control.userByEmail(mail('ada'))?.id ?? '');
      forgetInPool(on.cognito, subOf('ada'));
      await observe(on, native('mal', { observedAt: at(60) }));
    });
    expect(states.without).toMatchObject([{ external_id: subOf('mal') }]);
    expect(states.with).toEqual(states.without);
  });
});

describe('a ledger, when the holder of an address was moved on and refused', () => {
  it('sends one dead letter at the own event of the holder', async () => {
    await observe(run, native('ada'));
    const moved = native('ada', { email: `nonsense ${n}`, observedAt: at(30) });
    showInPool(run.cognito, moved);
    await observe(run, native('bob', { email: mail('ada'), observedAt: at(40) }));
    await receiveAll(run.queue.client, run.queue.deadLetterQueueUrl);
    await observe(run, { ...moved, observedAt: at(50) });
    const deadLetters = await receiveAll(run.queue.client, run.queue.deadLetterQueueUrl);
    expect(deadLetters).toHaveLength(1);
  });
});

describe('a ledger, with a conflict that is observed again', () => {
  it('logs the id of the WorkOS user every time', async () => {
    const { id } = run.workos.control.seedUser({
      email: mail('ada'),
      email_verified: true,
      external_id: `crm-${n}`,
    });
    await observe(run, native('ada'));
    await observe(run, native('ada', { observedAt: at(30) }));
    const ids = run.logs
      .filter((line) => line.includes('observation mirrored'))
      .map((line) => JSON.parse(line).workosUserId);
    expect(ids).toEqual([id, id]);
  });
});

describe('a ledger, when a sandbox can read it and cannot write to it', () => {
  it('returns the message as failed, and ends at A after A→B→A', async () => {
    await observe(run, native('ada', { givenName: 'A', observedAt: at(0) }));
    // Another sandbox, whose DynamoDB answers reads, and fails every write.
    const dynamo = await startDynamoThatFailsWrites(run.dynamodb?.endpoint ?? '');
    const other = await startDualRun({
      env: {
        consumer: {
          SYNC_LEDGER_TABLE: run.dynamodb?.table ?? '',
          AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
          WORKOS_API_PORT: String(run.workos.port),
          AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: run.cognito.endpoint,
        },
      },
    });
    const b = native('ada', { givenName: 'B', observedAt: at(60) });
    showInPool(run.cognito, b);
    // The message is retried, since the entry in the ledger is no longer true.
    expect(await deliver(other, b)).toMatchObject({ batchItemFailures: [{}] });
    await other.close();
    await dynamo.close();
    expect(await deliver(run, b)).toEqual({ batchItemFailures: [] });
    expect(run.workos.control.userByEmail(mail('ada'))?.first_name).toBe('B');
    await observe(run, native('ada', { givenName: 'A', observedAt: at(90) }));
    expect(run.workos.control.userByEmail(mail('ada'))?.first_name).toBe('A');
  }, 60_000);
});

describe('a ledger, when the end of a link writes the primary profile', () => {
  it('ends at A after A→B→A of the primary', async () => {
    const states = await withAndWithout(async (on) => {
      const goo = google('goo', { email: mail('ada') });
      await observe(on, native('ada', { givenName: 'A' }));
      await observe(on, goo);
      showInPool(on.cognito, native('ada', { givenName: 'B', observedAt: at(30) }));
      await observe(on, { ...goo, email: mail('goo'), observedAt: at(40) });
      await observe(on, native('ada', { givenName: 'A', observedAt: new Date().toISOString() }));
    });
    expect(states.without[0]).toMatchObject({ first_name: 'A' });
    expect(states.with).toEqual(states.without);
  });

  it('does not write a primary that is disabled in Cognito', async () => {
    const goo = google('goo', { email: mail('ada') });
    await observe(run, native('ada', { givenName: 'A' }));
    await observe(run, goo);
    showInPool(
      run.cognito,
      native('ada', { givenName: 'B', email: mail('banned'), enabled: false, observedAt: at(30) }),
    );
    await observe(run, { ...goo, email: mail('goo'), observedAt: at(40) });
    const own = run.workos.control.users().find(({ external_id }) => external_id === subOf('ada'));
    expect(own).toMatchObject({ first_name: 'A', email: mail('ada') });
  });
});

/** A proxy to DynamoDB that answers every UpdateItem with an error. */
async function startDynamoThatFailsWrites(target: string) {
  const { createServer } = await import('node:http');
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const action = String(request.headers['x-amz-target']);
    if (action.endsWith('UpdateItem')) {
      response.writeHead(500, { 'content-type': 'application/x-amz-json-1.0' });
      return void response.end(
        JSON.stringify({ __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' }),
      );
    }
    const answer = await fetch(target, {
      method: 'POST',
      headers: Object.fromEntries(
        ['content-type', 'x-amz-target', 'authorization', 'x-amz-date'].flatMap((name) =>
          request.headers[name] === undefined ? [] : [[name, String(request.headers[name])]],
        ),
      ),
      body: text,
    });
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
