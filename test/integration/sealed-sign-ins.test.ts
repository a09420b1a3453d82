import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sealPassword } from '../../client/seal-password.js';
import { type EmulatedKey, type KmsEmulator, startKms } from '../../local/emulators/kms.ts';
import { encodeMessage } from '../../src/user/message.ts';
import { showInPool } from '../fixtures/cognito-records.ts';
import { observedUser, triggerEvent } from '../fixtures/factories.ts';
import { type DualRun, metricTotals, receiveAll, startDualRun } from '../rigs/dual-run.ts';
import { startRedriveSetting } from '../rigs/redrive-run.ts';

// The bundled triggers and consumer, on real SQS and DynamoDB, a strict WorkOS and a stand-in of KMS.
let run: DualRun;
let kms: KmsEmulator;
let key: EmulatedKey;
let users = 0;
/** Every line that the functions have written in this file. */
const written: string[] = [];
/** Every seal that was made in it. */
const seals: string[] = [];

beforeAll(async () => {
  kms = await startKms();
  key = await kms.createKey({ spec: 'RSA_2048' });
  const talkative = { POWERTOOLS_LOG_LEVEL: 'DEBUG' };
  const carries = { SYNC_CARRY_PASSWORDS: 'true', ...talkative };
  run = await startDualRun({
    ledger: true,
    visibilityTimeoutSeconds: 30,
    env: {
      postConfirmation: carries,
      // Not deployed like this: the trigger ignores passwords whatever its environment says.
      preAuthentication: carries,
      postAuthentication: carries,
      consumer: { PASSWORD_KEY_ID: key.arn, AWS_ENDPOINT_URL_KMS: kms.endpoint, ...talkative },
    },
  });
});
beforeEach(() => {
  kms.fault = undefined;
  kms.requests.length = 0;
  written.push(...run.logs.splice(0));
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
async function seal(username: string, password: string): Promise<string> {
  const sealed = await sealPassword(jwk(), { username, password });
  seals.push(sealed);
  return sealed;
}

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

describe('no password, no seal and no hash', () => {
  /** The parts of a seal that no other seal has, the passwords, and what WorkOS was given. */
  function secrets(): string[] {
    const hashes = run.workos.control.users().flatMap(({ id }) => {
      const set = run.workos.control.passwordOf(id);
      return set?.kind === 'hash' ? [set.hash, ...set.hash.split('$').slice(3)] : [];
    });
    const parts = seals.flatMap((each) => each.split('.').slice(1));
    return [...hashes, ...parts, SECRET, 'another one, chosen today', 'new one'];
  }
  function expectNone(text: string): void {
    for (const secret of secrets()) expect(text).not.toContain(secret);
  }

  it('is in a line or a metric of the functions at level DEBUG, whatever became of it', async () => {
    const [ada, mallory] = [person(), person()];
    const sealed = await seal(ada.userName, SECRET);
    await trigger(ada, 'PostConfirmation_ConfirmSignUp', sealed);
    await trigger(mallory, 'PostAuthentication_Authentication', sealed);
    await trigger(person(), 'PostAuthentication_Authentication', `${sealed.slice(0, -4)}AAAA`);
    await trigger(person(), 'PreAuthentication_Authentication', sealed);
    await run.drain();
    kms.fault = { kind: 'truncated', characters: 40 };
    const grace = person();
    await trigger(grace, 'PostAuthentication_Authentication', await seal(grace.userName, SECRET));
    const draining = run.drain();
    await expect.poll(() => userOf(grace), { timeout: 10_000 }).toBeDefined();
    kms.fault = undefined;
    await draining;
    expect(opens(grace, SECRET)).toBe(true);
    const lines = [...written, ...run.logs];
    expect(secrets().filter((each) => each.startsWith('$pbkdf2'))).not.toEqual([]);
    expect(metricTotals(lines)).toMatchObject({ PasswordCarried: expect.any(Number) });
    expectNone(lines.join('\n'));
  }, 60_000);

  it('is in what redrive lists, moves into a file or replays, nor in the dead letters of the consumer', async () => {
    const refused = person({ email: 'not an address' });
    await trigger(
      refused,
      'PostAuthentication_Authentication',
      await seal(refused.userName, SECRET),
    );
    await run.drain();
    const { client, deadLetterQueueUrl } = run.queue;
    const ofConsumer = (await receiveAll(client, deadLetterQueueUrl)).map(({ Body }) => Body);
    expect(ofConsumer).toHaveLength(1);
    expectNone(ofConsumer.join());

    const directory = await mkdtemp(join(tmpdir(), 'sealed-sign-ins-'));
    const redrive = await startRedriveSetting(run.queue);
    // As SQS moves them itself after too many receives: as they are.
    const move = async () => {
      const who = person();
      const user = observedUser({ sub: who.sub, username: who.userName, email: who.email });
      const sealed = await seal(who.userName, SECRET);
      await redrive.putDeadLetter(encodeMessage(user, { sealed, isReset: true }), who.sub);
    };
    try {
      await move();
      const file = join(directory, 'discarded.jsonl');
      const discard = ['--discard', file, '--reason', 'too_many_receives'];
      const outputs = [];
      for (const args of [[], ['--json'], discard]) {
        const { code, stdout, stderr } = await redrive.run(args);
        expect({ code, stderr }).toMatchObject({ code: 0 });
        outputs.push(stdout, stderr);
      }
      const discarded = await readFile(file, 'utf8');
      expect(discarded).toContain('passwordReset');
      await move();
      const { code, stdout, stderr } = await redrive.run(['--replay', '--force', '--json']);
      expect(code).toBe(0);
      const replayed = await redrive.takeAll('sync');
      expect(replayed).toHaveLength(1);
      expectNone([...outputs, discarded, stdout, stderr, ...replayed.flat()].join('\n'));
    } finally {
      await redrive.close();
      await rm(directory, { recursive: true, force: true });
    }
  }, 60_000);
});
