import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { messageToRecord } from '../../local/emulators/lambda/sqs-event.ts';
import { encodeMessage } from '../../src/user/message.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { forgetInPool, showInPool } from '../fixtures/cognito-records.ts';
import { at, federatedUser, observedUser } from '../fixtures/factories.ts';
import { type DualRun, receiveAll, startDualRun } from '../rigs/dual-run.ts';
import { startRedriveSetting } from '../rigs/redrive-run.ts';
import { type SqsProxy, startSqsProxy } from '../stand-ins/sqs-proxy.ts';

let run: DualRun;
let proxy: SqsProxy;
let bare: DualRun;
let people = 0;
let n = 0;
let sequence = 0;
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
  n = ++people;
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

function toRecord(on: DualRun, user: ObservedUser, messageAttributes = {}) {
  const id = ++sequence;
  return {
    ...messageToRecord(
      {
        MessageId: `m-${id}`,
        ReceiptHandle: `h-${id}`,
        Body: encodeMessage(user),
        Attributes: { MessageGroupId: user.sub, ApproximateReceiveCount: '1' },
      },
      on.queue.queueArn,
      'us-east-1',
    ),
    messageAttributes,
  };
}

/** One invocation; the pool shows what it was told to show. */
async function deliver(on: DualRun, ...users: ObservedUser[]) {
  return on.lambda.invoke('consumer', { Records: users.map((user) => toRecord(on, user)) });
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

/** The same history with and without a ledger. */
async function both(history: (on: DualRun) => Promise<void>) {
  await history(bare);
  await history(run);
  return { without: usersOf(bare), with: usersOf(run) };
}

describe('an answer of WorkOS that is lost after the write', () => {
  it('A→B→A: B was written, its answer lost; A supersedes B and the ledger says A is there', async () => {
    const states = await both(async (on) => {
      await observe(on, native('ada', { givenName: 'A', observedAt: at(0) }));
      const b = native('ada', { givenName: 'B', observedAt: at(60) });
      on.workos.control.onRequest = ({ method }) =>
        method === 'PUT' ? { kind: 'reset', afterApplying: true } : undefined;
      const first = await observe(on, b);
      expect(first).toMatchObject({ batchItemFailures: [{}] });
      on.workos.control.onRequest = undefined;
      // B comes again, and A has been seen by then.
      expect(await observe(on, b, native('ada', { givenName: 'A', observedAt: at(90) }))).toEqual({
        batchItemFailures: [],
      });
    });
    expect(states.without).toMatchObject([{ first_name: 'A' }]);
    expect(states.with).toEqual(states.without);
  });
});

describe('a refused user whose dead letter could not be sent', () => {
  it('is in the dead-letter queue after the message has come again', async () => {
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
    // The dead-letter queue does not take it: retryable, says DESIGN 5.
    expect(await observe(broken, bad)).toMatchObject({ batchItemFailures: [{}] });
    // It comes again, and the dead-letter queue works.
    expect(await observe(good, bad)).toEqual({ batchItemFailures: [] });
    const letters = await receiveAll(good.queue.client, good.queue.deadLetterQueueUrl);
    await broken.close();
    await good.close();
    expect(letters).toHaveLength(1);
  }, 60_000);
});

describe('redrive --replay', () => {
  it('of a refused state that is refused again leaves a dead letter, not nothing', async () => {
    const on = await startDualRun({ ledger: true });
    const redrive = await startRedriveSetting(on.queue);
    await on.enqueue(native('ada', { email: `nonsense ${n}` }), `bad-${n}`);
    await on.drain();
    const { code } = await redrive.run(['--replay', '--json']);
    expect(code).toBe(0);
    await on.drain();
    const letters = await receiveAll(on.queue.client, on.queue.deadLetterQueueUrl);
    await redrive.close();
    await on.close();
    expect(letters).toHaveLength(1);
  }, 60_000);

  it('at once after the cause was mended brings the user', async () => {
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

describe('a linked profile whose primary has moved away', () => {
  it('gets a WorkOS user of its own at its next sign-in', async () => {
    const states = await both(async (on) => {
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

describe('what Cognito said at the confirmation is noted under what was observed', () => {
  it('A→B→A: the observation of A was linked as B; A is seen again', async () => {
    const states = await both(async (on) => {
      on.workos.control.seedUser({ email: mail('ada'), email_verified: true });
      const a = native('ada', { givenName: 'A', observedAt: at(0) });
      // Renamed by the application since: no trigger tells.
      showInPool(on.cognito, native('ada', { givenName: 'B', observedAt: at(30) }));
      await deliver(on, a);
      // Renamed back, and signed in.
      await observe(on, native('ada', { givenName: 'A', observedAt: at(60) }));
    });
    expect(states.without).toMatchObject([{ first_name: 'A' }]);
    expect(states.with).toEqual(states.without);
  });

  it('the same where the confirmation brings a provider that is taken away again', async () => {
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

describe('a squatter who was displaced', () => {
  it('is not held to be deleted because the WorkOS user of the owner of the address was', async () => {
    const states = await both(async (on) => {
      const squatter = native('mal', { email: mail('ada'), emailVerified: false });
      await observe(on, squatter);
      await observe(on, native('ada', { observedAt: at(30) }));
      // Ada leaves, in both places.
      on.workos.control.deleteUser(on.workos.control.userByEmail(mail('ada'))?.id ?? '');
      forgetInPool(on.cognito, subOf('ada'));
      await observe(on, native('mal', { observedAt: at(60) }));
    });
    expect(states.without).toMatchObject([{ external_id: subOf('mal') }]);
    expect(states.with).toEqual(states.without);
  });
});

describe('a holder who was moved on and refused', () => {
  it('leaves one dead letter when its own event comes', async () => {
    await observe(run, native('ada'));
    const moved = native('ada', { email: `nonsense ${n}`, observedAt: at(30) });
    showInPool(run.cognito, moved);
    await observe(run, native('bob', { email: mail('ada'), observedAt: at(40) }));
    await receiveAll(run.queue.client, run.queue.deadLetterQueueUrl);
    await observe(run, { ...moved, observedAt: at(50) });
    const letters = await receiveAll(run.queue.client, run.queue.deadLetterQueueUrl);
    expect(letters).toHaveLength(1);
  });
});

describe('a conflict that is repeated', () => {
  it('is logged with the WorkOS user every time', async () => {
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

describe('a sandbox that lost a ledger write, and ends before it could say so', () => {
  it('A→B→A ends as without a ledger', async () => {
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
    // Rather than leave a claim behind that is not true any more, it comes again.
    expect(await deliver(other, b)).toMatchObject({ batchItemFailures: [{}] });
    await other.close();
    await dynamo.close();
    expect(await deliver(run, b)).toEqual({ batchItemFailures: [] });
    expect(run.workos.control.userByEmail(mail('ada'))?.first_name).toBe('B');
    await observe(run, native('ada', { givenName: 'A', observedAt: at(90) }));
    expect(run.workos.control.userByEmail(mail('ada'))?.first_name).toBe('A');
  }, 60_000);
});

describe('unlinking writes what Cognito shows of the primary, and the ledger does not know', () => {
  it('A→B→A of the primary', async () => {
    const states = await both(async (on) => {
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

  it('a primary that is banned is not written', async () => {
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
