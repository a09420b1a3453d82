import { setTimeout as delay } from 'node:timers/promises';
import { type Message, PurgeQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { messageToRecord, type SqsRecord } from '../../local/emulators/lambda/sqs-event.ts';
import type { Fault } from '../../local/emulators/workos.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { at, googleIdentity } from '../fixtures/factories.ts';
import { numberedUser } from '../fixtures/numbered-user.ts';
import { type DualRun, metricTotals, receiveAll, startDualRun } from '../rigs/dual-run.ts';
import { observationToRecord } from '../rigs/observation-record.ts';
import { type ParameterStore, startParameterStore } from '../stand-ins/ssm.ts';

let run: DualRun;
const control = () => run.workos.control;
const deadLetters = () => receiveAll(run.queue.client, run.queue.deadLetterQueueUrl);

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

  it('mirrors a batch of new users with one read and one write each', async () => {
    for (const n of range(100, 130)) await run.enqueue(numberedUser(n), `new-${n}`);
    await run.drain();
    expect(control().countRequests()).toEqual({ reads: 30, writes: 30 });
    for (const n of range(100, 130)) {
      expect(control().userByEmail(`person-${n}@example.com`)?.external_id).toBe(
        numberedUser(n).sub,
      );
    }
    expect(await metrics()).toMatchObject({
      OutcomeCreated: 30,
      WorkosReads: 30,
      WorkosWrites: 30,
      ObservationAge: expect.any(Number),
    });
  });

  it('mirrors the changes of a user in order when requests fail and other users overtake it', async () => {
    for (const n of range(1, 6)) {
      const change = { familyName: `Name-${n}`, observedAt: at(n) };
      await run.enqueue(numberedUser(200, change), `change-${n}`);
      await run.enqueue(numberedUser(200 + n), `other-${n}`);
    }
    control().faults.push(...Array<Fault>(4).fill({ kind: 'status', status: 500 }));
    await run.drain();
    const names = control()
      .requests.filter(({ status }) => status < 300)
      .flatMap(({ body }) => lastName(body))
      .filter((name) => name.startsWith('Name-'));
    expect(names).toEqual(['Name-1', 'Name-2', 'Name-3', 'Name-4', 'Name-5']);
  });

  it('returns as failed the message that must wait and the rest of its group, and no other', async () => {
    control().onRequest = ({ path }) =>
      path.includes(numberedUser(300).sub) ? { kind: 'status', status: 503 } : undefined;
    const records = [
      record(numberedUser(300), 'head', 3),
      record(numberedUser(301), 'other'),
      record(numberedUser(300, { observedAt: at(9) }), 'behind'),
    ];
    const answer = await run.lambda.invoke('consumer', { Records: records });
    expect(answer).toEqual({
      batchItemFailures: [{ itemIdentifier: 'head' }, { itemIdentifier: 'behind' }],
    });
    expect(control().userByEmail('person-301@example.com')).toBeDefined();
    expect(
      control().requests.filter(({ path }) => path.includes(numberedUser(300).sub)),
    ).toHaveLength(1);
    expect(await metrics()).toMatchObject({ MessageHandedBack: 2, OutcomeCreated: 1 });
  });

  it('does not receive a message again before the Retry-After of a 429 is over', async () => {
    control().faults.push({ kind: 'status', status: 429, headers: { 'retry-after': '600' } });
    await run.enqueue(numberedUser(310), 'slow-down');
    const received = await receiveForASecond();
    await run.lambda.invoke('consumer', { Records: received.map(toRecord) });
    // Longer than the delay of a first retry without Retry-After.
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
  ])(
    'moves a message that is %s to the dead-letter queue with the reason, and mirrors the next one',
    async (_, body, reason) => {
      await run.enqueueBody(body, numberedUser(400).sub, `poison-${reason}-${body.length}`);
      await run.enqueue(numberedUser(400), `after-${reason}-${body.length}`);
      await run.drain();
      const messages = await deadLetters();
      expect(messages.map(({ Body }) => Body)).toEqual([body]);
      expect(messages[0]?.MessageAttributes?.reason?.StringValue).toBe(reason);
      expect(messages[0]?.Attributes?.MessageGroupId).toBe(numberedUser(400).sub);
      expect(control().userByEmail('person-400@example.com')).toBeDefined();
    },
  );

  it('moves a user that WorkOS refuses to the dead-letter queue with the reason', async () => {
    await run.enqueue(numberedUser(410, { email: 'nonsense' }), 'refused');
    await run.drain();
    const [deadLetter] = await deadLetters();
    expect(deadLetter?.MessageAttributes?.reason?.StringValue).toBe('invalid_email');
    expect(await metrics()).toMatchObject({ OutcomeRejected: 1, MessageDeadLettered: 1 });
  });

  it('uses the status as the reason, and logs no text of WorkOS, when the code of a refusal is a sentence', async () => {
    const sentence = `"person-90@example.com" belongs to somebody\u001b[31m`;
    const body = { message: sentence, code: sentence, errors: [sentence, { code: sentence }] };
    control().onRequest = ({ method }) =>
      method === 'POST' ? { kind: 'status', status: 400, body } : undefined;
    await run.enqueue(numberedUser(90), 'sentence');
    await run.drain();
    const [deadLetter] = await deadLetters();
    expect(deadLetter?.MessageAttributes?.reason?.StringValue).toBe('status_400');
    for (const part of ['person-90@', '\u001b', 'belongs']) {
      expect(run.logs.join('\n')).not.toContain(part);
    }
  });

  it('links a profile by its email only once Cognito has confirmed the address', async () => {
    const twin = numberedUser(91, {
      sub: `ffffffff-0000-4000-8000-${String(91).padStart(12, '0')}`,
      status: 'EXTERNAL_PROVIDER',
      identities: [googleIdentity()],
    });
    await run.enqueue(numberedUser(91), 'native');
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

  it('changes nothing for an observation that Cognito no longer confirms', async () => {
    control().seedUser({ email: 'person-92@example.com', email_verified: true });
    const before = control().users();
    await run.enqueueOld(numberedUser(92), 'old');
    await run.drain();
    expect(control().users()).toEqual(before);
    expect(await metrics()).toMatchObject({ OutcomeStale: 1 });
    expect(await deadLetters()).toEqual([]);
  });

  it('sends no dead letter for a conflict, a skipped user or a stale observation', async () => {
    await run.enqueue(numberedUser(420, { observedAt: at(60) }), 'first');
    await run.drain();
    const { sub } = numberedUser(421);
    await run.enqueue(numberedUser(420, { sub, emailVerified: false }), 'conflict');
    await run.enqueue(numberedUser(422, { status: 'UNCONFIRMED' }), 'skipped');
    await run.enqueue(numberedUser(420, { observedAt: at(0) }), 'stale');
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

  it('creates one user when a message is delivered twice', async () => {
    const [first, again] = [record(numberedUser(430), 'one'), record(numberedUser(430), 'one')];
    await run.lambda.invoke('consumer', { Records: [first] });
    await run.lambda.invoke('consumer', { Records: [again] });
    const users = control().users();
    expect(users.filter(({ external_id }) => external_id === numberedUser(430).sub)).toHaveLength(
      1,
    );
    expect(control().countRequests().writes).toBe(1);
  });

  it('keeps the newer state when an older message is delivered after it', async () => {
    const newer = numberedUser(440, { familyName: 'Newer', observedAt: at(60) });
    await run.lambda.invoke('consumer', { Records: [record(newer, 'newer')] });
    const older = numberedUser(440, { familyName: 'Older', observedAt: at(30) });
    await run.lambda.invoke('consumer', { Records: [record(older, 'older')] });
    expect(control().userByEmail('person-440@example.com')?.last_name).toBe('Newer');
  });

  it('returns no failures for an empty batch', async () => {
    const answer = await run.lambda.invoke('consumer', { Records: [] });
    expect(answer).toEqual({ batchItemFailures: [] });
  });

  it.each([
    ['without records', {}],
    ['of EventBridge', { source: 'aws.events', detail: {} }],
  ])('fails the invocation for an event %s, and sends nothing to WorkOS', async (_, event) => {
    await expect(run.lambda.invoke('consumer', event)).rejects.toThrow();
    expect(control().requests).toEqual([]);
    expect(await deadLetters()).toEqual([]);
  });

  it('writes no email, name or API key to its logs', async () => {
    const provider = googleIdentity({ providerName: 'Shady' });
    await run.enqueue(numberedUser(450, { givenName: 'Grace', familyName: 'Hopper' }), 'private-1');
    await run.enqueue(
      numberedUser(451, { email: 'private@nowhere', identities: [provider] }),
      'private-2',
    );
    control().faults.push({ kind: 'status', status: 500, body: { message: 'person-450@' } });
    await run.drain();
    const text = run.logs.join('\n');
    expect(text).not.toMatch(/person-45|private@|Grace|Hopper|Lovelace/);
    expect(text).not.toContain(run.workos.apiKey);
    expect(text).toContain(numberedUser(450).sub);
  });
});

describe('the consumer, while WorkOS fails', () => {
  const USERS = range(0, 40);
  beforeEach(async () => {
    run = await startDualRun({ visibilityTimeoutSeconds: 2 });
    for (const n of USERS) await run.enqueue(numberedUser(n), `new-${n}`);
  });
  afterEach(() => run.close());

  async function expectEveryUserOnce() {
    const subs = control()
      .users()
      .map(({ external_id }) => external_id);
    expect(subs.sort()).toEqual(USERS.map((n) => numberedUser(n).sub));
    expect(await deadLetters()).toEqual([]);
    expect(control().requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
  }

  it('mirrors every user once after WorkOS was down', async () => {
    let refused = 0;
    control().onRequest = () =>
      refused++ < 100 ? { kind: 'status', status: 503, body: { message: 'down' } } : undefined;
    await run.drain();
    await expectEveryUserOnce();
  });

  it('mirrors every user once after the API key was revoked for a while, and logs what to check', async () => {
    control().revokeKey();
    const draining = run.drain();
    const isRefused = () => control().requests.some(({ status }) => status === 401);
    await expect.poll(isRefused, { timeout: 20_000 }).toBe(true);
    control().setKey(run.workos.apiKey);
    await draining;
    await expectEveryUserOnce();
    expect(run.logs.join('\n')).toContain('check that it belongs to this environment');
  });

  it('mirrors every user once, with its last change, through errors of every kind', async () => {
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
      const { sub } = numberedUser(1000 + n);
      const google = { identities: [googleIdentity()], status: 'EXTERNAL_PROVIDER' };
      await run.enqueue(numberedUser(n, { sub, ...google, observedAt: at(5) }), `twin-${n}`);
      await run.enqueue(
        numberedUser(n, { familyName: 'Changed', observedAt: at(9) }),
        `changed-${n}`,
      );
    }
    await run.drain();
    await expectEveryUserOnce();
    for (const n of USERS) {
      expect(control().userByEmail(numberedUser(n).email ?? '')).toMatchObject({
        last_name: 'Changed',
        metadata: {
          cognito_linked_subs: numberedUser(1000 + n).sub,
          federated_providers: 'Google',
          cognito_auth: 'password+federated',
        },
      });
    }
  });
});

describe('the consumer, when the dead-letter queue does not exist', () => {
  beforeEach(async () => {
    run = await startDualRun({
      env: { consumer: { SYNC_DLQ_URL: 'http://127.0.0.1/000000000000/none.fifo' } },
    });
  });
  afterEach(() => run.close());

  it('returns a malformed message as failed', async () => {
    const records = [toRecord({ MessageId: 'poison', Body: 'nonsense' })];
    const answer = await run.lambda.invoke('consumer', { Records: records });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'poison' }] });
  });
});

describe('the consumer, with the API key in SSM', () => {
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

  it('reads the key once in each sandbox, and does not log it', async () => {
    for (const n of range(0, 25)) await run.enqueue(numberedUser(n), `new-${n}`);
    await run.drain();
    expect(control().users()).toHaveLength(25);
    // Once per sandbox; there are at most five at a time.
    expect(store.reads.length).toBeLessThanOrEqual(5);
    expect(run.logs.join('\n')).not.toContain('sk_test_strict');
  });

  it('returns messages as failed while the key cannot be read, and mirrors them afterwards', async () => {
    store.parameters.clear();
    const records = [record(numberedUser(1), 'm')];
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

describe('the consumer, without its configuration', () => {
  afterEach(() => run.close());

  it('fails the invocation with an error that names the missing variable', async () => {
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

/** Receives, and hides what it has received for a second, unless the consumer hides it for longer. */
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

function record(user: ObservedUser, messageId: string, receives = 1): SqsRecord {
  return observationToRecord(user, run.queue.queueArn, { messageId, receives });
}
