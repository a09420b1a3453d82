import type { Message } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createReplayMessage } from '../../src/redrive/replay-message.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { showInPool } from '../fixtures/cognito-records.ts';
import { at, federatedUser } from '../fixtures/factories.ts';
import { numberedUser } from '../fixtures/numbered-user.ts';
import { type DualRun, receiveAll, startDualRun } from '../rigs/dual-run.ts';
import { observationToRecord } from '../rigs/observation-record.ts';

// Each case would lose a user without a trace if an entry of the ledger claimed more than is true.
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
  run.workos.control.clear();
});
const workos = () => run.workos.control;
const deadLetters = () => receiveAll(run.queue.client, run.queue.deadLetterQueueUrl);

async function deliverTo({ lambda, queue }: DualRun, user: ObservedUser): Promise<unknown> {
  return lambda.invoke('consumer', { Records: [observationToRecord(user, queue.queueArn)] });
}

async function deliver(user: ObservedUser): Promise<unknown> {
  showInPool(run.cognito, user);
  return deliverTo(run, user);
}

/** Puts a dead letter back on the queue as redrive does, and lets the consumer work until the queue is empty. */
async function replay(deadLetter: Message | undefined, reason: string): Promise<void> {
  const { client: sqs, queueUrl } = run.queue;
  await createReplayMessage({ sqs, queueUrl })({
    messageId: deadLetter?.MessageId ?? '',
    receiptHandle: '',
    groupId: person().sub,
    body: deadLetter?.Body ?? '',
    reason,
    receiveCount: 1,
  });
  await run.drain();
}

describe('a consumer with a ledger', () => {
  it('moves a refused user to the dead-letter queue at the second delivery when the queue failed at the first', async () => {
    const refused = person({ email: 'nonsense' });
    const withBrokenQueue = await startDualRun({
      env: {
        consumer: {
          SYNC_LEDGER_TABLE: run.dynamodb?.table ?? '',
          AWS_ENDPOINT_URL_DYNAMODB: run.dynamodb?.endpoint ?? '',
          WORKOS_API_PORT: String(run.workos.port),
          SYNC_DLQ_URL: `${run.queue.deadLetterQueueUrl}-that-is-not-there`,
        },
      },
    });
    expect(await deliverTo(withBrokenQueue, refused)).toMatchObject({
      batchItemFailures: [expect.anything()],
    });
    await withBrokenQueue.close();
    expect(await deliver(refused)).toEqual({ batchItemFailures: [] });
    expect(await deadLetters()).toHaveLength(1);
  });

  it('moves a refused user to the dead-letter queue again when it is replayed within ten minutes', async () => {
    await deliver(person({ email: 'nonsense' }));
    const [deadLetter] = await deadLetters();
    await replay(deadLetter, 'invalid_email');
    expect(await deadLetters()).toHaveLength(1);
  });

  it('mirrors a user that is replayed within ten minutes of its refusal when WorkOS accepts it by then', async () => {
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
    const [deadLetter] = await deadLetters();
    expect(deadLetter?.MessageAttributes?.reason?.StringValue).toBe('invalid_request_parameters');
    await replay(deadLetter, 'domain_not_allowed');
    expect(workos().userByEmail(email)?.external_id).toBe(person().sub);
  });

  it('gives a linked profile a WorkOS user of its own when the primary has moved to another address', async () => {
    const { sub, email = '' } = person();
    const google = federatedUser({ sub: sub.replace('eeee', '8888'), username: 'g', email });
    await deliver(person());
    await deliver(google);
    await deliver(person({ email: `moved-${n}@example.com`, observedAt: at(60) }));
    await deliver({ ...google, observedAt: at(120) });
    expect(workos().userByEmail(email)?.external_id).toBe(google.sub);
    const moved = workos().userByEmail(`moved-${n}@example.com`);
    expect(moved?.external_id).toBe(sub);
    expect(moved?.metadata).not.toHaveProperty('cognito_linked_subs');
  });

  it('ends at the newest state when an older one is mirrored while the newest is found in the ledger', async () => {
    const state = (givenName: string, seconds: number) =>
      person({ givenName, observedAt: at(seconds) });
    await deliver(state('A', 0));
    const other = person({ sub: 'warms-up-a-second-sandbox', email: 'warm@example.com' });
    await Promise.all([deliver(other), deliver(state('A', 10))]);
    // Not two messages of one group: a seed beside the consumer, or a sandbox whose visibility timeout ended.
    await Promise.all([deliverTo(run, state('B', 30)), deliverTo(run, state('A', 60))]);
    await deliver(state('A', 90));
    expect(workos().userByEmail(person().email ?? '')?.first_name).toBe('A');
  });
});
