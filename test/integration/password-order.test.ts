import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sealPassword } from '../../client/seal-password.js';
import { type EmulatedKey, type KmsEmulator, startKms } from '../../local/emulators/kms.ts';
import { failedMessageIds } from '../../local/emulators/lambda/batch-answer.ts';
import { messageToRecord } from '../../local/emulators/lambda/sqs-event.ts';
import { encodeMessage } from '../../src/user/message.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { showInPool } from '../fixtures/cognito-records.ts';
import { observedUser } from '../fixtures/factories.ts';
import { type DualRun, startDualRun } from '../rigs/dual-run.ts';

// Messages about passwords that arrive late, again, or together, at the bundled consumer on real SQS and DynamoDB, a
// strict WorkOS and a stand-in of KMS.
let run: DualRun;
let kms: KmsEmulator;
let key: EmulatedKey;
let users = 0;
let messages = 0;

beforeAll(async () => {
  kms = await startKms();
  key = await kms.createKey({ spec: 'RSA_2048' });
  run = await startDualRun({
    ledger: true,
    visibilityTimeoutSeconds: 30,
    env: { consumer: { PASSWORD_KEY_ID: key.arn, AWS_ENDPOINT_URL_KMS: kms.endpoint } },
  });
});
beforeEach(() => {
  begin = Date.now() - 70_000;
  kms.fault = undefined;
  kms.requests.length = 0;
  run.logs.length = 0;
  run.workos.control.clear();
});
afterAll(async () => {
  await run.close();
  await kms.close();
});

/** Of the test. Seals are made now, which is at most two minutes after any observation of a test. */
let begin = 0;
const after = (seconds: number) => new Date(begin + seconds * 1_000).toISOString();

/** A new person, whom the pool shows. */
function person(): ObservedUser {
  const number = ++users;
  const user = observedUser({
    sub: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    username: `person-${number}`,
    email: `person-${number}@example.com`,
    emailVerified: true,
    observedAt: after(0),
  });
  showInPool(run.cognito, user);
  return user;
}

const seal = ({ username }: ObservedUser, password: string) => {
  const { kty = '', n = '', e = '' } = key.publicKey.export({ format: 'jwk' });
  return sealPassword({ kty, n, e, kid: key.id }, { username, password });
};

/** The body of the message about a user, as observed so many seconds after the test's begin. */
async function body(
  user: ObservedUser,
  seconds: number,
  { password, isReset = false }: { password?: string; isReset?: boolean } = {},
): Promise<string> {
  const sealed = password === undefined ? {} : { sealed: await seal(user, password) };
  return encodeMessage({ ...user, observedAt: after(seconds) }, { ...sealed, isReset });
}

/** Puts what was observed on the queue. `isResent`: as a copy, which the consumer makes of an old message. */
async function send(
  user: ObservedUser,
  seconds: number,
  options: { password?: string; isReset?: boolean; isResent?: boolean } = {},
): Promise<void> {
  const { isResent = false } = options;
  await run.queue.client.send(
    new SendMessageCommand({
      QueueUrl: run.queue.queueUrl,
      MessageBody: await body(user, seconds, options),
      MessageGroupId: user.sub,
      MessageDeduplicationId: `message-${++messages}`,
      ...(isResent && {
        MessageAttributes: { resent: { DataType: 'String', StringValue: 'true' } },
      }),
    }),
  );
}

const userOf = ({ sub }: ObservedUser) =>
  run.workos.control.users().find(({ external_id }) => external_id === sub);
const opens = (who: ObservedUser, password: string) =>
  run.workos.control.verifyPassword(userOf(who)?.id ?? '', password);

describe('a copy of an old message', () => {
  it('does not bring back a password that the user has reset since', async () => {
    const ada = person();
    await send(ada, 60, { isReset: true });
    await run.drain();
    await send(ada, 50, { password: 'the leaked one', isResent: true });
    await run.drain();
    expect(opens(ada, 'the leaked one')).toBe(false);
  });

  it('does not bring back an old password after the profile was edited', async () => {
    const ada = person();
    await send(ada, 60, { password: 'the new one' });
    await run.drain();
    showInPool(run.cognito, { ...ada, givenName: 'Augusta', observedAt: after(65) });
    await send(ada, 50, { password: 'the old one', isResent: true });
    await run.drain();
    expect(opens(ada, 'the new one')).toBe(true);
  });

  it('about a reset does not overwrite the password that was carried after it', async () => {
    const ada = person();
    await send(ada, 60, { password: 'the new one' });
    await run.drain();
    await send(ada, 50, { isReset: true, isResent: true });
    await run.drain();
    expect(opens(ada, 'the new one')).toBe(true);
  });
});

describe('a reset', () => {
  it('overwrites the former password though a later observation was mirrored before', async () => {
    const ada = person();
    await send(ada, 0, { password: 'the leaked one' });
    await run.drain();
    await send(ada, 60);
    await run.drain();
    await send(ada, 50, { isReset: true });
    await run.drain();
    expect(opens(ada, 'the leaked one')).toBe(false);
  });
});

/** One batch, as Lambda gives it: several messages of one group together, which the stand-in of SQS never does. */
async function consumeBatch(bodies: string[], group: string): Promise<number[]> {
  const messages = bodies.map((Body, index) => ({
    MessageId: `${group}-${index}`,
    ReceiptHandle: `receipt-${index}`,
    Body,
    Attributes: { MessageGroupId: group, ApproximateReceiveCount: '1' },
  }));
  const records = messages.map((each) => messageToRecord(each, run.queue.queueArn, 'us-east-1'));
  const answer = await run.lambda.invoke('consumer', { Records: records });
  const failed = failedMessageIds(
    answer,
    records.map(({ messageId }) => messageId),
  );
  return records.flatMap(({ messageId }, index) => (failed.has(messageId) ? [index] : []));
}

describe('a password of before an administrator has invalidated it', () => {
  it.each(['RESET_REQUIRED', 'FORCE_CHANGE_PASSWORD'])(
    'is not carried with the observation that shows %s',
    async (status) => {
      const ada = person();
      const bodies = [
        await body(ada, 0, { password: 'the leaked one' }),
        await body({ ...ada, status }, 50),
      ];
      expect(await consumeBatch(bodies, ada.sub)).toEqual([]);
      expect(opens(ada, 'the leaked one')).toBe(false);
      expect(userOf(ada)?.metadata.cognito_auth).toBe('password');
    },
  );
});

describe('while KMS cannot be asked', () => {
  it('only what the password needs is handed back, so that newer states come into the batch', async () => {
    const ada = person();
    kms.fault = { kind: 'down' };
    const bodies = [
      await body(ada, 0, { isReset: true }),
      await body(ada, 1, { password: 'secret' }),
      await body(ada, 2),
      await body({ ...ada, givenName: 'Augusta' }, 3),
    ];
    expect(await consumeBatch(bodies, ada.sub)).toEqual([0, 1, 3]);
    expect(userOf(ada)?.first_name).toBe('Augusta');
    await expect.poll(() => consumeAgain(bodies, ada), { timeout: 10_000 }).toEqual([]);
    expect(opens(ada, 'secret')).toBe(true);
  }, 20_000);

  async function consumeAgain(bodies: string[], { sub }: ObservedUser) {
    kms.fault = undefined;
    return consumeBatch(
      bodies.filter((_, index) => index !== 2),
      sub,
    );
  }

  it('a password that was reset no longer opens WorkOS, though the new one waits', async () => {
    const ada = person();
    await send(ada, 0, { password: 'the leaked one' });
    await run.drain();
    kms.fault = { kind: 'down' };
    const reset = await body(ada, 50, { password: 'the new one', isReset: true });
    expect(await consumeBatch([reset], ada.sub)).toEqual([0]);
    expect(opens(ada, 'the leaked one')).toBe(false);
    kms.fault = undefined;
    await expect.poll(() => consumeBatch([reset], ada.sub), { timeout: 10_000 }).toEqual([]);
    expect(opens(ada, 'the new one')).toBe(true);
  }, 20_000);

  it('the password is kept though a later observation was mirrored', async () => {
    const ada = person();
    await send(ada, 60);
    await run.drain();
    await send(ada, 50, { password: 'secret' });
    await run.drain();
    expect(opens(ada, 'secret')).toBe(true);
  });
});
