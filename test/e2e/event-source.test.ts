import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failedMessageIds } from '../../local/emulators/lambda/batch-answer.ts';
import { type EventSource, startEventSource } from '../../local/emulators/lambda/event-source.ts';
import type { SqsEvent } from '../../local/emulators/lambda/sqs-event.ts';
import { type LocalQueue, startQueue } from '../../local/emulators/sqs.ts';
import { receiveAll } from '../rigs/dual-run.ts';

describe('failedMessageIds', () => {
  const ids = ['one', 'two'];

  test.each([
    [null],
    [undefined],
    [{}],
    [{ batchItemFailures: null }],
    [{ batchItemFailures: [] }],
  ])('reports no failed message when the answer is %j', (answer) => {
    expect(failedMessageIds(answer, ids)).toEqual(new Set());
  });

  test('reports the messages that batchItemFailures names', () => {
    const answer = { batchItemFailures: [{ itemIdentifier: 'two' }] };
    expect(failedMessageIds(answer, ids)).toEqual(new Set(['two']));
  });

  test.each([
    ['done'],
    [{ batchItemFailures: 'two' }],
    [{ batchItemFailures: [{ itemIdentifier: '' }] }],
    [{ batchItemFailures: [{ itemIdentifier: null }] }],
    [{ batchItemFailures: [{ id: 'two' }] }],
    [{ batchItemFailures: [{ itemIdentifier: 'two' }, { itemIdentifier: 'three' }] }],
  ])('reports every message as failed when the answer is %j', (answer) => {
    expect(failedMessageIds(answer, ids)).toEqual(new Set(ids));
  });
});

describe('the local SQS event source', () => {
  let queue: LocalQueue;
  let source: EventSource | undefined;

  beforeEach(async () => {
    queue = await startQueue({ visibilityTimeoutSeconds: 1, maxReceiveCount: 2 });
  });

  afterEach(async () => {
    await source?.stop();
    await queue.close();
  });

  function start(invoke: (event: SqsEvent) => Promise<unknown>) {
    source = startEventSource({ ...queue, invoke, maximumConcurrency: 2 });
    return source;
  }

  async function send(body: string): Promise<void> {
    await queue.client.send(
      new SendMessageCommand({
        QueueUrl: queue.queueUrl,
        MessageBody: body,
        MessageGroupId: body,
        MessageDeduplicationId: body,
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'greeting' } },
      }),
    );
  }

  test('invokes the function with a record in the shape that Lambda uses', async () => {
    const records: unknown[] = [];
    await send('hello');
    await start(async ({ Records }) => {
      records.push(...Records);
    }).drained();

    expect(records).toEqual([
      {
        messageId: expect.any(String),
        receiptHandle: expect.any(String),
        body: 'hello',
        attributes: expect.objectContaining({
          ApproximateReceiveCount: '1',
          MessageGroupId: 'hello',
          MessageDeduplicationId: 'hello',
          SequenceNumber: expect.any(String),
          SentTimestamp: expect.any(String),
        }),
        messageAttributes: {
          kind: {
            dataType: 'String',
            stringValue: 'greeting',
            stringListValues: [],
            binaryListValues: [],
          },
        },
        md5OfBody: '5d41402abc4b2a76b9719d911017c592',
        eventSource: 'aws:sqs',
        eventSourceARN: queue.queueArn,
        awsRegion: 'us-east-1',
      },
    ]);
  });

  test('deletes the messages that succeeded and delivers the failed one again', async () => {
    const seen: string[] = [];
    await send('good');
    await send('bad');
    await start(async ({ Records }) => {
      const first = Records.filter(({ attributes }) => attributes.ApproximateReceiveCount === '1');
      seen.push(...Records.map(({ body }) => body));
      const failed = first.filter(({ body }) => body === 'bad');
      return { batchItemFailures: failed.map((each) => ({ itemIdentifier: each.messageId })) };
    }).drained();

    expect(seen.toSorted()).toEqual(['bad', 'bad', 'good']);
  });

  test('delivers a batch again when the invocation throws, until the queue moves it to the dead-letter queue', async () => {
    let calls = 0;
    await send('poison');
    await start(async () => {
      calls++;
      throw new Error('no');
    }).drained();

    expect(calls).toBe(2);
    const deadLetters = await receiveAll(queue.client, queue.deadLetterQueueUrl);
    expect(deadLetters.map(({ Body }) => Body)).toEqual(['poison']);
  });

  test('waits for the running invocation before it stops', async () => {
    const gate = Promise.withResolvers<void>();
    const called = Promise.withResolvers<void>();
    let finished = false;
    await send('slow');
    const started = start(async () => {
      called.resolve();
      await gate.promise;
      finished = true;
    });
    await called.promise;
    const stopped = started.stop();
    gate.resolve();
    await stopped;

    expect(finished).toBe(true);
  });
});
