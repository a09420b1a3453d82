import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sealPassword } from '../../client/seal-password.js';
import { type EmulatedKey, type KmsEmulator, startKms } from '../../local/emulators/kms.ts';
import { expectViolations } from '../contracts/expect-violations.ts';
import { poolUser, subOf } from '../fixtures/pool-users.ts';
import { type DualRun, metricTotals, receiveAll, startDualRun } from '../rigs/dual-run.ts';
import type { StrictCognitoUser } from '../stand-ins/strict-cognito.ts';

// The bundled function that a server invokes after a sign-in, with the bundled consumer behind it, on real SQS, a
// strict Cognito and WorkOS, and a stand-in of KMS.
const FUNCTION = 'carryPassword';
const PHONE = '+4915112345678';
const SECRET = 'correct horse battery staple';

let run: DualRun;
let kms: KmsEmulator;
let key: EmulatedKey;
let sealed: string;

beforeAll(async () => {
  kms = await startKms();
  key = await kms.createKey({ spec: 'RSA_2048' });
  run = await startDualRun({
    cognito: { aliases: ['email', 'phone_number'] },
    env: {
      carryPassword: {},
      consumer: { PASSWORD_KEY_ID: key.arn, AWS_ENDPOINT_URL_KMS: kms.endpoint },
    },
  });
});
beforeEach(async () => {
  run.logs.length = 0;
  run.workos.control.clear();
  run.cognito.control.denied.clear();
  run.cognito.control.requests.length = 0;
  run.cognito.control.onRequest = undefined;
  sealed = await seal(PHONE);
});
afterAll(async () => {
  await run.close();
  await kms.close();
});

function seal(username: string): Promise<string> {
  const { kty = '', n = '', e = '' } = key.publicKey.export({ format: 'jwk' });
  return sealPassword({ kty, n, e, kid: key.id }, { username, password: SECRET });
}

/** Puts the n-th user into the pool, with a phone number to sign in with. */
function person(n: number, partial: Partial<StrictCognitoUser> = {}): void {
  run.cognito.control.put(poolUser(n, { phone_number: PHONE.replace(/.$/, String(n)) }, partial));
}

const invoke = (event: unknown) => run.lambda.invoke(FUNCTION, event);
const waiting = () => receiveAll(run.queue.client, run.queue.queueUrl);

/** The invocation fails with this message, nothing is published, and neither says who it was about. */
async function refused(event: unknown, message: RegExp): Promise<void> {
  const error = await invoke(event).then(
    () => undefined,
    (thrown: unknown) => String(thrown),
  );
  expect(error).toMatch(message);
  expect(await waiting()).toEqual([]);
  expectNothingPersonal(error);
}

function expectNothingPersonal(...more: (string | undefined)[]): void {
  const text = [...run.logs, ...more].join('\n');
  for (const part of [...sealed.split('.'), SECRET, PHONE, 'user-', '@', 'Family']) {
    expect(text).not.toContain(part);
  }
}

describe('the function that a server invokes after a sign-in', () => {
  it.each([
    ['username', 1, () => subOf(1)],
    ['email', 2, () => 'User-2@example.com'],
    ['phone number', 3, () => PHONE.replace(/.$/, '3')],
  ])('carries the password of the user who signed in with the %s', async (_, n, name) => {
    person(n);
    const sealedPassword = await seal(name());
    const answer = await invoke({ username: name(), sealedPassword });
    expect(answer).toEqual({ published: true, sub: subOf(n) });
    await run.drain();
    const user = run.workos.control.userByEmail(`user-${n}@example.com`);
    expect(user).toMatchObject({ metadata: { cognito_auth: 'password+carried' } });
    expect(run.workos.control.verifyPassword(user?.id ?? '', SECRET)).toBe(true);
    expect(metricTotals(run.logs)).toMatchObject({ ObservationPublished: 1, PasswordCarried: 1 });
    expectNothingPersonal();
  });

  it.each([
    ['no event', null, /bad or missing: the whole event/],
    ['no username', () => ({ sealedPassword: sealed }), /bad or missing: username/],
    ['no seal', { username: PHONE }, /bad or missing: sealedPassword/],
    ['the bare password', { username: PHONE, sealedPassword: SECRET }, /: sealedPassword/],
    [
      'both wrong',
      { username: '', sealedPassword: `a.b.c.d.${'e'.repeat(4_096)}` },
      /: username, sealedPassword/,
    ],
  ])('refuses, and names the fields without their values: %s', async (_, event, message) => {
    await refused(typeof event === 'function' ? event() : event, message);
    expect(run.cognito.control.requests).toEqual([]);
  });

  it('refuses a name that the pool does not have', async () => {
    const event = { username: '+4900000000000', sealedPassword: sealed };
    await refused(event, /no user of this name: invoke it after a successful sign-in/);
  });

  it('refuses a name that Cognito does not take', async () => {
    expectViolations(/AdminGetUser, request \/Username: pattern/);
    await refused({ username: 'a b', sealedPassword: sealed }, /does not take the username/);
  });

  it('says which permission is missing', async () => {
    person(4);
    run.cognito.control.denied.add('AdminGetUser');
    await refused({ username: subOf(4), sealedPassword: sealed }, /allow cognito-idp:AdminGetUser/);
  });

  it('names the field of a profile that cannot be read', async () => {
    run.cognito.control.put(poolUser(5, { identities: '[{"user-5@example.com"' }));
    const event = { username: subOf(5), sealedPassword: sealed };
    await refused(event, /profile cannot be read \(.*identities/);
  });

  it('does not repeat what Cognito says, which may quote the name', async () => {
    person(6);
    run.cognito.control.onRequest = ({ action }) =>
      action === 'AdminGetUser'
        ? {
            kind: 'status',
            status: 400,
            body: JSON.stringify({ __type: 'SomeException', message: `${PHONE} is user-6@` }),
          }
        : undefined;
    await refused({ username: subOf(6), sealedPassword: sealed }, /Cognito/);
  });
});

describe('while the queue is down', () => {
  it('it fails within seconds, counts the loss, and says that the next sign-in carries the password', async () => {
    const url = 'http://127.0.0.1:9/123456789012/queue.fifo';
    const nowhere = { SYNC_QUEUE_URL: url, SYNC_PUBLISH_TIMEOUT_MS: '300' };
    await using broken = await startBroken(nowhere);
    broken.cognito.control.put(poolUser(7));
    const event = { username: subOf(7), sealedPassword: sealed };
    const invocation = broken.lambda.invoke(FUNCTION, event);
    await expect(invocation).rejects.toThrow(/the queue did not accept the message/);
    expect(metricTotals(broken.logs)).toEqual({ PublicationLost: 1 });
    expect(broken.logs.join('\n')).toContain('carried at the next sign-in');
    run.logs.push(...broken.logs);
    expectNothingPersonal();
  });
});

async function startBroken(carryPassword: Record<string, string>) {
  const broken = await startDualRun({ env: { carryPassword } });
  return { ...broken, [Symbol.asyncDispose]: () => broken.close() };
}
