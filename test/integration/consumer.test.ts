import { setTimeout as delay } from 'node:timers/promises';
import { type Message, PurgeQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { messageToRecord, type SqsRecord } from '../../local/emulators/lambda/sqs-event.ts';
import type { Fault } from '../../local/emulators/workos.ts';
import { encodeMessage } from '../../src/user/message.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { at, googleIdentity, observedUser } from '../fixtures/factories.ts';
import { type DualRun, metricTotals, receiveAll, startDualRun } from '../rigs/dual-run.ts';
import { type ParameterStore, startParameterStore } from '../stand-ins/ssm.ts';

let run: DualRun;
const control = () => run.workos.control;
const deadLetters = () => receiveAll(run.queue.client, run.queue.deadLetterQueueUrl);

/** The n-th of many users; what differs between them is the number. */
function person(n: number, partial: Partial<ObservedUser> = {}): ObservedUser {
  const sub = `eeeeeeee-0000-4000-8000-${String(n).padStart(12, '0')}`;
  return observedUser({ sub, username: sub, email: `person-${n}@example.com`, ...partial });
}

/** The metrics, once the functions' output has arrived. */
async function metrics() {
  await new Promise((resolve) => setImmediate(resolve));
  return metricTotals(run.logs);
}

describe('the consumer', () => {
  beforeAll(async () => {
    run = await startDualRun();
  });
  afterAll(() => run.close());
  beforeEach(() => {
    run.logs.length = 0;
    control().clear();
  });
  afterEach(() => {
    expect(control().schemaViolations).toEqual([]);
  });

  it('mirrors a batch of users, each in two requests', async () => {
    for (const n of range(100, 130)) await run.enqueue(person(n), `new-${n}`);
    await run.drain();
    expect(control().countRequests()).toEqual({ reads: 30, writes: 30 });
    for (const n of range(100, 130)) {
      expect(control().userByEmail(`person-${n}@example.com`)?.external_id).toBe(person(n).sub);
    }
    expect(await metrics()).toMatchObject({
      OutcomeCreated: 30,
      WorkosReads: 30,
      WorkosWrites: 30,
      ObservationAge: expect.any(Number),
    });
  });

  it("keeps a user's changes in order, though others overtake them", async () => {
    for (const n of range(1, 6)) {
      const change = { familyName: `Name-${n}`, observedAt: at(n) };
      await run.enqueue(person(200, change), `change-${n}`);
      await run.enqueue(person(200 + n), `other-${n}`);
    }
    control().faults.push(...Array<Fault>(4).fill({ kind: 'status', status: 500 }));
    await run.drain();
    const names = control()
      .requests.filter(({ status }) => status < 300)
      .flatMap(({ body }) => lastName(body))
      .filter((name) => name.startsWith('Name-'));
    expect(names).toEqual(['Name-1', 'Name-2', 'Name-3', 'Name-4', 'Name-5']);
  });

  it('hands back what must wait, and only that', async () => {
    control().onRequest = ({ path }) =>
      path.includes(person(300).sub) ? { kind: 'status', status: 503 } : undefined;
    const records = [
      record(person(300), 'head', 3),
      record(person(301), 'other'),
      record(person(300, { observedAt: at(9) }), 'behind'),
    ];
    const answer = await run.lambda.invoke('consumer', { Records: records });
    expect(answer).toEqual({
      batchItemFailures: [{ itemIdentifier: 'head' }, { itemIdentifier: 'behind' }],
    });
    expect(control().userByEmail('person-301@example.com')).toBeDefined();
    expect(control().requests.filter(({ path }) => path.includes(person(300).sub))).toHaveLength(1);
    expect(await metrics()).toMatchObject({ MessageHandedBack: 2, OutcomeCreated: 1 });
  });

  it('does not ask for a user again before WorkOS wished', async () => {
    control().faults.push({ kind: 'status', status: 429, headers: { 'retry-after': '600' } });
    await run.enqueue(person(310), 'slow-down');
    const received = await receiveForASecond();
    await run.lambda.invoke('consumer', { Records: received.map(toRecord) });
    // Longer than the wait would be without WorkOS's wish.
    await delay(2_500);
    expect(received).toHaveLength(1);
    expect(await receiveForASecond()).toEqual([]);
    expect(await metrics()).toMatchObject({ WorkosRateLimited: 1, MessageHandedBack: 1 });
    await run.queue.client.send(new PurgeQueueCommand({ QueueUrl: run.queue.queueUrl }));
    expect(await deadLetters()).toEqual([]);
  });

  it.each([
    ['not JSON', 'nonsense', 'malformed_message'],
    ['of an unknown version', '{"version":99,"user":{}}', 'unsupported_version'],
    ['without a user', '{"version":1}', 'malformed_message'],
  ])('buries a message that is %s, and goes on', async (_, body, reason) => {
    await run.enqueueBody(body, person(400).sub, `poison-${reason}-${body.length}`);
    await run.enqueue(person(400), `after-${reason}-${body.length}`);
    await run.drain();
    const letters = await deadLetters();
    expect(letters.map(({ Body }) => Body)).toEqual([body]);
    expect(letters[0]?.MessageAttributes?.reason?.StringValue).toBe(reason);
    expect(letters[0]?.Attributes?.MessageGroupId).toBe(person(400).sub);
    expect(control().userByEmail('person-400@example.com')).toBeDefined();
  });

  it('buries a user that WorkOS refuses, with the reason', async () => {
    await run.enqueue(person(410, { email: 'nonsense' }), 'refused');
    await run.drain();
    const [letter] = await deadLetters();
    expect(letter?.MessageAttributes?.reason?.StringValue).toBe('invalid_email');
    expect(await metrics()).toMatchObject({ OutcomeRejected: 1, MessageDeadLettered: 1 });
  });

  it('shows nothing of a refusal that is a sentence', async () => {
    const sentence = `"person-90@example.com" belongs to somebody\u001b[31m`;
    const body = { message: sentence, code: sentence, errors: [sentence, { code: sentence }] };
    control().onRequest = ({ method }) =>
      method === 'POST' ? { kind: 'status', status: 400, body } : undefined;
    await run.enqueue(person(90), 'sentence');
    await run.drain();
    const [letter] = await deadLetters();
    expect(letter?.MessageAttributes?.reason?.StringValue).toBe('status_400');
    for (const part of ['person-90@', '\u001b', 'belongs']) {
      expect(run.logs.join('\n')).not.toContain(part);
    }
  });

  it('asks Cognito before it does anything on the strength of an email', async () => {
    const twin = person(91, {
      sub: `ffffffff-0000-4000-8000-${String(91).padStart(12, '0')}`,
      status: 'EXTERNAL_PROVIDER',
      identities: [googleIdentity()],
    });
    await run.enqueue(person(91), 'native');
    await run.enqueue(twin, 'twin');
    await run.drain();
    const email = 'person-91@example.com';
    expect(control().userByEmail(email)?.metadata.cognito_linked_subs).toBe(twin.sub);

    run.cognito.control.denied.add('ListUsers');
    const third = { ...twin, sub: twin.sub.replace('ffffffff', 'fffffff0') };
    await run.enqueue(third, 'denied');
    const waiting = run.drain();
    while (!run.logs.some((line) => line.includes('cognito-idp:ListUsers'))) await delay(20);
    expect(control().userByEmail(email)?.metadata.cognito_linked_subs).toBe(twin.sub);
    run.cognito.control.denied.clear();
    await waiting;
    expect(control().userByEmail(email)?.metadata.cognito_linked_subs).toContain(third.sub);
  });

  it('does nothing for a message that Cognito does not confirm any more', async () => {
    control().seedUser({ email: 'person-92@example.com', email_verified: true });
    const before = control().users();
    await run.enqueueOld(person(92), 'old');
    await run.drain();
    expect(control().users()).toEqual(before);
    expect(await metrics()).toMatchObject({ OutcomeStale: 1 });
    expect(await deadLetters()).toEqual([]);
  });

  it('never fills the dead-letter queue with states', async () => {
    await run.enqueue(person(420, { observedAt: at(60) }), 'first');
    await run.drain();
    const { sub } = person(421);
    await run.enqueue(person(420, { sub, emailVerified: false }), 'conflict');
    await run.enqueue(person(422, { status: 'UNCONFIRMED' }), 'skipped');
    await run.enqueue(person(420, { observedAt: at(0) }), 'stale');
    await run.drain();
    expect(await deadLetters()).toEqual([]);
    expect(await metrics()).toMatchObject({
      OutcomeConflict: 1,
      OutcomeSkipped: 1,
      OutcomeStale: 1,
    });
    const conflict = logged('conflict');
    expect(conflict).toMatchObject({
      sub,
      reason: 'unverified_email',
      workosUserId: control().userByEmail('person-420@example.com')?.id,
    });
  });

  it('does nothing twice when a message is delivered twice', async () => {
    const [first, again] = [record(person(430), 'one'), record(person(430), 'one')];
    await run.lambda.invoke('consumer', { Records: [first] });
    await run.lambda.invoke('consumer', { Records: [again] });
    const users = control().users();
    expect(users.filter(({ external_id }) => external_id === person(430).sub)).toHaveLength(1);
    expect(control().countRequests().writes).toBe(1);
  });

  it('undoes nothing when an older message comes after a newer one', async () => {
    const newer = person(440, { familyName: 'Newer', observedAt: at(60) });
    await run.lambda.invoke('consumer', { Records: [record(newer, 'newer')] });
    const older = person(440, { familyName: 'Older', observedAt: at(30) });
    await run.lambda.invoke('consumer', { Records: [record(older, 'older')] });
    expect(control().userByEmail('person-440@example.com')?.last_name).toBe('Newer');
  });

  it('answers an empty and an unknown event without failing anybody', async () => {
    const answer = await run.lambda.invoke('consumer', { Records: [] });
    expect(answer).toEqual({ batchItemFailures: [] });
  });

  it('writes no email, name or key into its logs', async () => {
    const provider = googleIdentity({ providerName: 'Shady' });
    await run.enqueue(person(450, { givenName: 'Grace', familyName: 'Hopper' }), 'private-1');
    await run.enqueue(
      person(451, { email: 'private@nowhere', identities: [provider] }),
      'private-2',
    );
    control().faults.push({ kind: 'status', status: 500, body: { message: 'person-450@' } });
    await run.drain();
    const text = run.logs.join('\n');
    expect(text).not.toMatch(/person-45|private@|Grace|Hopper|Lovelace/);
    expect(text).not.toContain(run.workos.apiKey);
    expect(text).toContain(person(450).sub);
  });
});

describe('when WorkOS is in trouble', () => {
  const USERS = range(0, 40);
  beforeEach(async () => {
    run = await startDualRun({ visibilityTimeoutSeconds: 2 });
    for (const n of USERS) await run.enqueue(person(n), `new-${n}`);
  });
  afterEach(() => run.close());

  async function expectEverybodyOnce() {
    const subs = control()
      .users()
      .map(({ external_id }) => external_id);
    expect(subs.sort()).toEqual(USERS.map((n) => person(n).sub));
    expect(await deadLetters()).toEqual([]);
    expect(control().requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
  }

  it('nobody is lost while it is down', async () => {
    let refused = 0;
    control().onRequest = () =>
      refused++ < 100 ? { kind: 'status', status: 503, body: { message: 'down' } } : undefined;
    await run.drain();
    await expectEverybodyOnce();
  });

  it('nobody is lost while its key is revoked', async () => {
    control().revokeKey();
    const timer = setTimeout(() => control().setKey(run.workos.apiKey), 1_000);
    await run.drain();
    clearTimeout(timer);
    await expectEverybodyOnce();
    expect(run.logs.join('\n')).toContain('check that it belongs to this environment');
  });

  it('a storm of errors of every kind loses nobody and makes nobody twice', async () => {
    const kinds: Fault[] = [
      { kind: 'status', status: 500 },
      { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
      { kind: 'reset' },
      { kind: 'reset', afterApplying: true },
      { kind: 'garbage', afterApplying: true },
      { kind: 'html', status: 502 },
    ];
    control().onRequest = ({ index }) => (index % 20 === 0 ? kinds[(index / 20) % 6] : undefined);
    for (const n of USERS) {
      const { sub } = person(1000 + n);
      const google = { identities: [googleIdentity()], status: 'EXTERNAL_PROVIDER' };
      await run.enqueue(person(n, { sub, ...google, observedAt: at(5) }), `twin-${n}`);
      await run.enqueue(person(n, { familyName: 'Changed', observedAt: at(9) }), `changed-${n}`);
    }
    await run.drain();
    await expectEverybodyOnce();
    for (const n of USERS) {
      expect(control().userByEmail(person(n).email ?? '')).toMatchObject({
        last_name: 'Changed',
        metadata: {
          cognito_linked_subs: person(1000 + n).sub,
          federated_providers: 'Google',
          cognito_auth: 'password+federated',
        },
      });
    }
  });
});

describe('when the dead-letter queue does not answer', () => {
  beforeEach(async () => {
    run = await startDualRun({
      env: { consumer: { SYNC_DLQ_URL: 'http://127.0.0.1/000000000000/none.fifo' } },
    });
  });
  afterEach(() => run.close());

  it('the message is kept', async () => {
    const records = [toRecord({ MessageId: 'poison', Body: 'nonsense' })];
    const answer = await run.lambda.invoke('consumer', { Records: records });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'poison' }] });
  });
});

describe('with the key in SSM', () => {
  let store: ParameterStore;
  beforeEach(async () => {
    store = await startParameterStore({ '/sync/key': 'sk_test_strict' });
    run = await startDualRun({
      workos: { apiKey: 'sk_test_strict' },
      env: {
        consumer: {
          WORKOS_API_KEY: '',
          WORKOS_API_KEY_PARAMETER: '/sync/key',
          AWS_ENDPOINT_URL_SSM: store.endpoint,
        },
      },
    });
  });
  afterEach(async () => {
    await run.close();
    await store.close();
  });

  it('it is read once', async () => {
    for (const n of range(0, 25)) await run.enqueue(person(n), `new-${n}`);
    await run.drain();
    expect(control().users()).toHaveLength(25);
    // Once per sandbox; there are at most five at a time.
    expect(store.reads.length).toBeLessThanOrEqual(5);
    expect(run.logs.join('\n')).not.toContain('sk_test_strict');
  });

  it('nothing is lost while it cannot be read', async () => {
    store.parameters.clear();
    const records = [record(person(1), 'm')];
    expect(await run.lambda.invoke('consumer', { Records: records })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm' }],
    });
    store.parameters.set('/sync/key', 'sk_test_strict');
    expect(await run.lambda.invoke('consumer', { Records: records })).toEqual({
      batchItemFailures: [],
    });
    expect(run.logs.join('\n')).toContain('could not be read from SSM (ParameterNotFound)');
  });
});

describe('without its configuration', () => {
  afterEach(() => run.close());

  it('the consumer keeps every message and names the variable', async () => {
    run = await startDualRun({ env: { consumer: { SYNC_DLQ_URL: '' } } });
    const invocation = run.lambda.invoke('consumer', { Records: [] });
    await expect(invocation).rejects.toThrow('SYNC_DLQ_URL is not set');
  });
});

function logged(outcome: string): Record<string, unknown> | undefined {
  const line = run.logs.find((each) => each.includes(`"outcome":"${outcome}"`));
  return line === undefined ? undefined : JSON.parse(line);
}

function lastName(body: unknown): string[] {
  const has = typeof body === 'object' && body !== null && 'last_name' in body;
  return has ? [String(body.last_name)] : [];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** Receives for a second: what is not handed back for longer is visible again after that. */
async function receiveForASecond() {
  const { Messages = [] } = await run.queue.client.send(
    new ReceiveMessageCommand({
      QueueUrl: run.queue.queueUrl,
      VisibilityTimeout: 1,
      MessageSystemAttributeNames: ['All'],
    }),
  );
  return Messages;
}

function toRecord(message: Message): SqsRecord {
  return messageToRecord(message, run.queue.queueArn, 'us-east-1');
}

/** A record that was not received: SQS will not know its receipt handle. */
function record(user: ObservedUser, messageId: string, receives = 1): SqsRecord {
  return toRecord({
    MessageId: messageId,
    ReceiptHandle: `handle-${messageId}`,
    Body: encodeMessage(user),
    Attributes: { MessageGroupId: user.sub, ApproximateReceiveCount: String(receives) },
  });
}
