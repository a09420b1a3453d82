import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSMessageAttribute, SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_CREDENTIALS, type LocalQueue, startQueue } from '../../local/emulators/sqs.ts';
import { createBatchConsumer } from '../../src/consumer/consume-batch.ts';
import { createRetry } from '../../src/consumer/retry.ts';
import { withoutLedger } from '../../src/ledger/no-ledger.ts';
import { encodeMessage } from '../../src/user/message.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { forgetInPool, showInPool } from '../fixtures/cognito-records.ts';
import { at, observedUser } from '../fixtures/factories.ts';
import { receiveAll } from '../rigs/dual-run.ts';
import { type MirrorOnWorkos, startMirrorOnWorkos } from '../rigs/mirror-on-workos.ts';
import { type SqsProxy, startSqsProxy } from '../stand-ins/sqs-proxy.ts';

// Messages that have failed for a week are sent to the queue as new ones, before SQS gives them up.

const log = { debug() {}, info() {}, warn() {}, error() {} };
const clock = () => new Date(at(0));
const signal = new AbortController().signal;

function toRecord(
  user: ObservedUser,
  receives: number,
  messageAttributes: Record<string, SQSMessageAttribute> = {},
): SQSRecord {
  return {
    messageId: user.observedAt,
    receiptHandle: 'handle',
    body: encodeMessage(user),
    attributes: {
      MessageGroupId: user.sub,
      ApproximateReceiveCount: String(receives),
      ApproximateFirstReceiveTimestamp: '0',
      SentTimestamp: '0',
      SenderId: 'sender',
    },
    messageAttributes,
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue.fifo',
    awsRegion: 'us-east-1',
  };
}

let queue: LocalQueue;
let proxy: SqsProxy;
let sqs: SQSClient;
beforeAll(async () => {
  queue = await startQueue();
  proxy = await startSqsProxy(queue.endpoint);
  sqs = new SQSClient({
    endpoint: proxy.endpoint,
    region: 'us-east-1',
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  });
});
afterAll(async () => {
  sqs.destroy();
  await proxy.close();
  await queue.close();
});
const retryOnSqs = () => createRetry({ sqs, queueUrl: queue.queueUrl, log, clock });

const reason = { isRateLimited: false, retryAfterSeconds: undefined };
const states = [1, 2, 3].map((n) => observedUser({ givenName: `Name${n}`, observedAt: at(n) }));

describe('messages that were delivered 900 times', () => {
  const replayed = { reason: { dataType: 'String', stringValue: 'too_many_receives' } };
  const records = (receives: number, run: string) =>
    states.map((user) => ({
      ...toRecord(user, receives, replayed),
      messageId: `${run} ${user.observedAt}`,
    }));

  it('are sent as new ones, marked, in order and with the reason of a replay', async () => {
    const waiting = records(900, 'all');
    expect(await retryOnSqs()(waiting, reason)).toEqual(waiting);
    const copies = await receiveAll(queue.client, queue.queueUrl);
    expect(copies.map(({ Body }) => Body)).toEqual(states.map(encodeMessage));
    for (const { MessageAttributes } of copies) {
      expect(MessageAttributes).toMatchObject({
        resent: { StringValue: 'true' },
        reason: { StringValue: 'too_many_receives' },
      });
    }
  });

  it('are acknowledged only where SQS has accepted the copy', async () => {
    let sends = 0;
    proxy.onRequest = () => (++sends === 2 ? { kind: 'reset' } : undefined);
    const waiting = records(900, 'part');
    expect(await retryOnSqs()(waiting, reason)).toEqual([waiting[0], waiting[2]]);
    proxy.onRequest = undefined;
    expect(await receiveAll(queue.client, queue.queueUrl)).toHaveLength(2);
  });

  it('stay on the queue before they were delivered so often', async () => {
    expect(await retryOnSqs()(records(899, 'none'), reason)).toEqual([]);
    expect(await receiveAll(queue.client, queue.queueUrl)).toEqual([]);
  });
});

describe('a copy that is delivered after newer messages, without a ledger', () => {
  const before = observedUser({ givenName: 'Ada' });
  const changed = observedUser({ givenName: 'Augusta', observedAt: at(60) });
  const changedBack = observedUser({ givenName: 'Ada', observedAt: at(120) });
  let setting: MirrorOnWorkos;
  beforeEach(async () => {
    setting = await startMirrorOnWorkos();
    await setting.mirrorWith()(before);
  });
  afterEach(() => setting.close());

  /** Delivers the messages one by one to the consumer. */
  async function deliver(...records: SQSRecord[]) {
    const consume = createBatchConsumer({
      mirror: withoutLedger(setting.mirrorOld(), async () => ({
        outcome: 'skipped',
        reason: 'gone',
      })),
      profiles: setting.profiles,
      findActive: async () => undefined,
      retry: retryOnSqs(),
      deadLetter: async () => {},
      log,
      counters: { count() {}, observationAge() {} },
      clock,
    });
    const failures = [];
    for (const record of records) {
      failures.push(...(await consume({ Records: [record] }, signal)).batchItemFailures);
    }
    return failures;
  }
  const resent = { resent: { dataType: 'String', stringValue: 'true' } };
  const ada = () => setting.workos.control.userByEmail('ada@example.com');

  it('changes nothing: what Cognito shows now is mirrored', async () => {
    showInPool(setting.cognito, changedBack);
    const failures = await deliver(toRecord(changedBack, 1), toRecord(changed, 1, resent));
    expect(failures).toEqual([]);
    expect(ada()).toMatchObject({ first_name: 'Ada' });
  });

  it('is acknowledged when Cognito no longer has the user', async () => {
    forgetInPool(setting.cognito, before.sub);
    expect(await deliver(toRecord(changed, 1, resent))).toEqual([]);
    expect(ada()).toMatchObject({ first_name: 'Ada' });
  });

  it('is retried when Cognito cannot be asked', async () => {
    setting.cognito.control.denied.add('ListUsers');
    expect(await deliver(toRecord(changed, 1, resent))).toHaveLength(1);
    expect(ada()).toMatchObject({ first_name: 'Ada' });
  });
});
