import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { messageToRecord } from '../../local/emulators/lambda/sqs-event.ts';
import { createReplayMessage } from '../../src/redrive/replay-message.ts';
import { encodeMessage } from '../../src/user/message.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { showInPool } from '../fixtures/cognito-records.ts';
import { at, federatedUser, observedUser } from '../fixtures/factories.ts';
import { type DualRun, receiveAll, startDualRun } from '../rigs/dual-run.ts';

// Where the ledger says "as it ended then" of what did not end: each of these loses a user in silence.
let run: DualRun;
let people = 0;
let person: (partial?: Partial<ObservedUser>) => ObservedUser;
beforeAll(async () => {
  run = await startDualRun({ ledger: true });
});
afterAll(() => run.close());
beforeEach(() => {
  const n = ++people;
  const sub = `99999999-0000-4000-8000-${String(n).padStart(12, '0')}`;
  person = (partial = {}) =>
    observedUser({ sub, username: sub, email: `gap-${n}@example.com`, ...partial });
  run.workos.control.clear();
});
const workos = () => run.workos.control;
const deadLetters = () => receiveAll(run.queue.client, run.queue.deadLetterQueueUrl);

async function deliverTo({ lambda, queue }: DualRun, user: ObservedUser): Promise<unknown> {
  const message = {
    MessageId: `gap-${people}-${user.sub}-${user.observedAt}`,
    ReceiptHandle: 'handle',
    Body: encodeMessage(user),
    Attributes: { MessageGroupId: user.sub, ApproximateReceiveCount: '1' },
  };
  return lambda.invoke('consumer', {
    Records: [messageToRecord(message, queue.queueArn, 'us-east-1')],
  });
}

async function deliver(user: ObservedUser): Promise<unknown> {
  showInPool(run.cognito, user);
  return deliverTo(run, user);
}

describe('a consumer with a ledger', () => {
  it('dead-letters a refused user at the next delivery where the dead-letter queue failed at the first', async () => {
    const refused = person({ email: 'nonsense' });
    const withoutDeadLetters = await startDualRun({
      env: {
        consumer: {
          SYNC_LEDGER_TABLE: run.dynamodb?.table ?? '',
          AWS_ENDPOINT_URL_DYNAMODB: run.dynamodb?.endpoint ?? '',
          WORKOS_API_PORT: String(run.workos.port),
          SYNC_DLQ_URL: `${run.queue.deadLetterQueueUrl}-that-is-not-there`,
        },
      },
    });
    expect(await deliverTo(withoutDeadLetters, refused)).toMatchObject({
      batchItemFailures: [expect.anything()],
    });
    await withoutDeadLetters.close();
    expect(await deliver(refused)).toEqual({ batchItemFailures: [] });
    expect(await deadLetters()).toHaveLength(1);
  });

  it('dead-letters a refused user again who was replayed within ten minutes and is refused again', async () => {
    await deliver(person({ email: 'nonsense' }));
    const [letter] = await deadLetters();
    const replayMessage = createReplayMessage({
      sqs: run.queue.client,
      queueUrl: run.queue.queueUrl,
    });
    await replayMessage({
      messageId: letter?.MessageId ?? '',
      receiptHandle: '',
      groupId: person().sub,
      body: letter?.Body ?? '',
      reason: 'invalid_email',
      receiveCount: 1,
    });
    await run.drain();
    expect(await deadLetters()).toHaveLength(1);
  });

  it('mirrors a replayed user within ten minutes of the refusal, where WorkOS takes it by now', async () => {
    const { email = '' } = person();
    workos().faults.push(
      { kind: 'status', status: 404 },
      {
        kind: 'status',
        status: 422,
        body: { code: 'invalid_request_parameters', errors: [{ code: 'domain_not_allowed' }] },
      },
    );
    await deliver(person());
    const [letter] = await deadLetters();
    expect(letter?.MessageAttributes?.reason?.StringValue).toBe('invalid_request_parameters');
    const replayMessage = createReplayMessage({
      sqs: run.queue.client,
      queueUrl: run.queue.queueUrl,
    });
    await replayMessage({
      messageId: letter?.MessageId ?? '',
      receiptHandle: '',
      groupId: person().sub,
      body: letter?.Body ?? '',
      reason: 'domain_not_allowed',
      receiveCount: 1,
    });
    await run.drain();
    expect(workos().userByEmail(email)?.external_id).toBe(person().sub);
  });

  it('gives a linked profile a user of its own when the primary one has moved to another address', async () => {
    const { sub, email = '' } = person();
    const google = federatedUser({ sub: sub.replace('9999', '8888'), username: 'g', email });
    await deliver(person());
    await deliver(google);
    await deliver(person({ email: `moved-${people}@example.com`, observedAt: at(60) }));
    await deliver({ ...google, observedAt: at(120) });
    expect(workos().userByEmail(email)?.external_id).toBe(google.sub);
    const moved = workos().userByEmail(`moved-${people}@example.com`);
    expect(moved?.external_id).toBe(sub);
    expect(moved?.metadata).not.toHaveProperty('cognito_linked_subs');
  });

  it('ends at the newest state though an older one is mirrored while the newest is found in the ledger', async () => {
    const state = (givenName: string, seconds: number) =>
      person({ givenName, observedAt: at(seconds) });
    await deliver(state('A', 0));
    const other = person({ sub: 'warms-up-a-second-sandbox', email: 'warm@example.com' });
    await Promise.all([deliver(other), deliver(state('A', 10))]);
    // Not two messages of one group: a seed beside the consumer, or a Lambda that SQS has given up on.
    await Promise.all([deliverTo(run, state('B', 30)), deliverTo(run, state('A', 60))]);
    await deliver(state('A', 90));
    expect(workos().userByEmail(person().email ?? '')?.first_name).toBe('A');
  });
});
