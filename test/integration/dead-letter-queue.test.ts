import { setTimeout as delay } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../local/emulators/sqs.ts';
import { createDeadLetterQueue, HOLD_SECONDS } from '../../src/redrive/dead-letter-queue.ts';
import { observedUser } from '../fixtures/factories.ts';
import { startRedriveSetting } from '../rigs/redrive-run.ts';

it('a long redrive extends its hold on received messages until it releases them', async () => {
  const setting = await startRedriveSetting();
  const { endpoint } = setting.proxy;
  const sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials: LOCAL_CREDENTIALS });
  const queueUrl = setting.queue.deadLetterQueueUrl;
  let elapsed = 0;
  const now = () => Date.now() + elapsed;
  const mine = createDeadLetterQueue({ sqs, queueUrl, now });
  const others = createDeadLetterQueue({ sqs, queueUrl });
  try {
    await setting.deadLetter(observedUser(), 'invalid_email');
    setting.proxy.holdSeconds = 2;
    expect(await mine.receive(10)).toHaveLength(1);
    elapsed = (HOLD_SECONDS - 10) * 1000;
    expect(await mine.receive(10)).toEqual([]);
    await delay(2_000);
    expect(await others.receive(10)).toEqual([]);
    await mine.release();
    expect(await others.receive(10)).toHaveLength(1);
  } finally {
    sqs.destroy();
    await setting.close();
  }
});
