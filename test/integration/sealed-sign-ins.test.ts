import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sealPassword } from '../../client/seal-password.js';
import { type EmulatedKey, type KmsEmulator, startKms } from '../../local/emulators/kms.ts';
import { encodeMessage } from '../../src/user/message.ts';
import { showInPool } from '../fixtures/cognito-records.ts';
import { observedUser, triggerEvent } from '../fixtures/factories.ts';
import { type DualRun, metricTotals, receiveAll, startDualRun } from '../rigs/dual-run.ts';

// The bundled triggers and consumer, on real SQS and DynamoDB, a strict WorkOS and a stand-in of KMS.
let run: DualRun;
let kms: KmsEmulator;
let key: EmulatedKey;
let users = 0;

beforeAll(async () => {
  kms = await startKms();
  key = await kms.createKey({ spec: 'RSA_2048' });
  const carries = { SYNC_CARRY_PASSWORDS: 'true' };
  run = await startDualRun({
    ledger: true,
    visibilityTimeoutSeconds: 30,
    env: {
      postConfirmation: carries,
      // Not deployed like this: the trigger ignores passwords whatever its environment says.
      preAuthentication: carries,
      postAuthentication: carries,
      consumer: { PASSWORD_KEY_ID: key.arn, AWS_ENDPOINT_URL_KMS: kms.endpoint },
    },
  });
});
beforeEach(() => {
  kms.fault = undefined;
  kms.requests.length = 0;
  run.logs.length = 0;
  run.workos.control.clear();
});
afterAll(async () => {
  await run.close();
  await kms.close();
});

const jwk = () => {
  const { kty = '', n = '', e = '' } = key.publicKey.export({ format: 'jwk' });
  return { kty, n, e, kid: key.id };
};
const seal = (username: string, password: string) => sealPassword(jwk(), { username, password });

/** A new person, whom the pool shows. */
function person(attributes: Record<string, string> = {}) {
  const number = ++users;
  const sub = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const email = `person-${number}@example.com`;
  const userAttributes = { sub, email, email_verified: 'true', ...attributes };
  const userName = `person-${number}`;
  showInPool(run.cognito, {
    ...observedUser({ sub, username: userName, email, emailVerified: true }),
    ...(attributes.email_verified === 'false' && { emailVerified: false }),
  });
  return { sub, email, userName, userAttributes };
}
type Person = ReturnType<typeof person>;

const FUNCTIONS = {
  PostAuthentication_Authentication: 'postAuthentication',
  PostConfirmation_ConfirmSignUp: 'postConfirmation',
  PostConfirmation_ConfirmForgotPassword: 'postConfirmation',
  PreAuthentication_Authentication: 'preAuthentication',
} as const;

async function trigger(
  { userName, userAttributes }: Person,
  triggerSource: keyof typeof FUNCTIONS,
  sealed?: unknown,
): Promise<void> {
  const metadata = sealed === undefined ? {} : { workos_password: sealed };
  // PreAuthentication gets the application's metadata as validationData; an attacker's own call may try both.
  const request = { validationData: metadata, clientMetadata: metadata };
  const event = triggerEvent({ triggerSource, userName, userAttributes, request });
  expect(await run.lambda.invoke(FUNCTIONS[triggerSource], event)).toEqual(event);
}

const userOf = ({ sub }: Person) =>
  run.workos.control.users().find(({ external_id }) => external_id === sub);
const opens = (who: Person, password: string) =>
  run.workos.control.verifyPassword(userOf(who)?.id ?? '', password);
const hasPassword = (who: Person) =>
  run.workos.control.passwordOf(userOf(who)?.id ?? '') !== undefined;

const SECRET = 'correct horse battery staple';

describe('a password that was sealed at a sign-in', () => {
  it('signs its user in to WorkOS, and is in no log and no metric', async () => {
    const ada = person();
    const sealed = await seal(ada.userName, SECRET);
    await trigger(ada, 'PreAuthentication_Authentication');
    await run.drain();
    await trigger(ada, 'PostAuthentication_Authentication', sealed);
    await run.drain();
    expect(opens(ada, SECRET)).toBe(true);
    expect(userOf(ada)?.metadata.cognito_auth).toBe('password+carried');
    expect(metricTotals(run.logs)).toMatchObject({ PasswordCarried: 1, PasswordCarriedFirst: 1 });
    const text = run.logs.join('\n');
    expect(text).not.toContain(SECRET);
    for (const part of sealed.split('.')) expect(text).not.toContain(part);
    expect(text).not.toContain('pbkdf2');
  });

  it('is carried with the sign-up, in the request that creates the WorkOS user', async () => {
    const ada = person();
    await trigger(ada, 'PostConfirmation_ConfirmSignUp', await seal(ada.email, SECRET));
    await run.drain();
    expect(opens(ada, SECRET)).toBe(true);
    expect(run.workos.control.countRequests().writes).toBe(1);
  });

  it('is not carried again on the same day, at no request to KMS or WorkOS', async () => {
    const ada = person();
    await trigger(ada, 'PostConfirmation_ConfirmSignUp', await seal(ada.userName, SECRET));
    await run.drain();
    kms.requests.length = 0;
    run.workos.control.clear();
    await trigger(ada, 'PostAuthentication_Authentication', await seal(ada.userName, SECRET));
    await run.drain();
    expect(kms.requests).toEqual([]);
    expect(run.workos.control.countRequests()).toEqual({ reads: 0, writes: 0 });
  });

  it('is carried at once when the user has reset a forgotten one', async () => {
    const ada = person();
    await trigger(ada, 'PostConfirmation_ConfirmSignUp', await seal(ada.userName, SECRET));
    await run.drain();
    const next = await seal(ada.userName, 'another one, chosen today');
    await trigger(ada, 'PostConfirmation_ConfirmForgotPassword', next);
    await run.drain();
    expect(opens(ada, 'another one, chosen today')).toBe(true);
  });

  it('no longer opens WorkOS when the user has reset it in an application that seals none', async () => {
    const ada = person();
    await trigger(ada, 'PostConfirmation_ConfirmSignUp', await seal(ada.userName, SECRET));
    await run.drain();
    await trigger(ada, 'PostConfirmation_ConfirmForgotPassword');
    await run.drain();
    expect(opens(ada, SECRET)).toBe(false);
    expect(userOf(ada)?.metadata.cognito_auth).toBe('password');
    // The next sign-in brings the new one, on the same day.
    await trigger(ada, 'PostAuthentication_Authentication', await seal(ada.userName, 'new one'));
    await run.drain();
    expect(opens(ada, 'new one')).toBe(true);
  });

  it('is carried when it is of a later day, though an outage lets both arrive on one', async () => {
    const ada = person();
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    const old = observedUser({
      sub: ada.sub,
      username: ada.userName,
      email: ada.email,
      observedAt: yesterday.toISOString(),
    });
    vi.setSystemTime(yesterday);
    const sealed = await seal(ada.userName, SECRET).finally(() => vi.useRealTimers());
    await run.enqueueBody(encodeMessage(old, { sealed, isReset: false }), ada.sub, 'yesterday');
    await run.drain();
    expect(opens(ada, SECRET)).toBe(true);
    const next = await seal(ada.userName, 'another one, of today');
    await trigger(ada, 'PostAuthentication_Authentication', next);
    await run.drain();
    expect(opens(ada, 'another one, of today')).toBe(true);
  });

  it('survives that a later observation without it is mirrored in its place', async () => {
    const ada = person();
    await trigger(ada, 'PostAuthentication_Authentication', await seal(ada.userName, SECRET));
    await trigger(ada, 'PreAuthentication_Authentication');
    await run.drain();
    expect(opens(ada, SECRET)).toBe(true);
  });
});

describe('the user is mirrored without a password when', () => {
  const cases: [string, (who: Person) => Promise<unknown>, string][] = [
    ['it was sealed under another user’s name', () => seal('mallory', SECRET), 'PasswordOtherUser'],
    [
      'the seal was changed',
      async (who) => `${(await seal(who.userName, SECRET)).slice(0, -4)}AAAA`,
      'PasswordBroken',
    ],
    [
      'it was sealed for another key',
      (who) =>
        sealPassword({ ...jwk(), kid: 'other' }, { username: who.userName, password: SECRET }),
      'PasswordForeignKey',
    ],
    [
      'it is longer than a trigger carries',
      async () => `a.b.c.d.${'e'.repeat(4_096)}`,
      'PasswordMalformed',
    ],
    ['it is no seal at all', async () => SECRET, 'PasswordMalformed'],
    ['it is no text', async () => ({ length: 3 }), 'PasswordMalformed'],
  ];
  it.each(cases)('%s', async (_, sealed, metric) => {
    const ada = person();
    await trigger(ada, 'PostAuthentication_Authentication', await sealed(ada));
    await run.drain();
    expect(userOf(ada)).toMatchObject({ email: ada.email });
    expect(hasPassword(ada)).toBe(false);
    expect(metricTotals(run.logs)).toMatchObject({ [metric]: 1, OutcomeCreated: 1 });
    expect(run.logs.join('\n')).not.toContain(SECRET);
  });

  it('it came with PreAuthentication, which Cognito calls before it checks the password', async () => {
    const ada = person();
    await trigger(ada, 'PreAuthentication_Authentication', await seal(ada.userName, SECRET));
    await run.drain();
    expect(userOf(ada)).toBeDefined();
    expect(hasPassword(ada)).toBe(false);
    expect(kms.requests).toEqual([]);
  });

  it('the address is not verified: another person may have registered it', async () => {
    const squatter = person({ email_verified: 'false' });
    await trigger(
      squatter,
      'PostAuthentication_Authentication',
      await seal(squatter.userName, SECRET),
    );
    await run.drain();
    expect(userOf(squatter)).toBeDefined();
    expect(hasPassword(squatter)).toBe(false);
  });

  it('the seal was copied from another user’s sign-in', async () => {
    const [ada, mallory] = [person(), person()];
    const copied = await seal(ada.userName, SECRET);
    await trigger(mallory, 'PostAuthentication_Authentication', copied);
    await run.drain();
    expect(hasPassword(mallory)).toBe(false);
    expect(metricTotals(run.logs)).toMatchObject({ PasswordOtherUser: 1 });
  });
});

describe('while KMS cannot be asked', () => {
  it('the user is mirrored at once, and the password is carried when KMS answers again', async () => {
    const ada = person();
    kms.fault = { kind: 'down' };
    await trigger(ada, 'PostAuthentication_Authentication', await seal(ada.userName, SECRET));
    const draining = run.drain();
    await expect.poll(() => userOf(ada), { timeout: 10_000 }).toBeDefined();
    expect(hasPassword(ada)).toBe(false);
    kms.fault = undefined;
    await draining;
    expect(opens(ada, SECRET)).toBe(true);
    expect(metricTotals(run.logs).PasswordKeyUnavailable).toBeGreaterThan(0);
  }, 60_000);
});

describe('a message that is moved to the dead-letter queue', () => {
  it('has no sealed password any more', async () => {
    const ada = person({ email: 'not an address' });
    await trigger(ada, 'PostAuthentication_Authentication', await seal(ada.userName, SECRET));
    await run.drain();
    const { client, deadLetterQueueUrl } = run.queue;
    const [letter] = await receiveAll(client, deadLetterQueueUrl);
    expect(letter?.Body).toContain(ada.sub);
    expect(letter?.Body).not.toContain('sealedPassword');
  });
});
