import { constants, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { KMSClient } from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { CompactEncrypt, exportJWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type PasswordPublicKey, sealPassword } from '../../client/seal-password.js';
import {
  type EmulatedKey,
  type KmsEmulator,
  type KmsFault,
  startKms,
} from '../../local/emulators/kms.ts';
import { createFindSub } from '../../src/cognito/find-sub.ts';
import { connectOpenSeal } from '../../src/passwords/connect-open-seal.ts';
import { createKmsKeys } from '../../src/passwords/kms-keys.ts';
import { createOpenSeal, type OpenSeal } from '../../src/passwords/open-seal.ts';
import type { OpenedSeal } from '../../src/passwords/opened-seal.ts';
import { PasswordKeyUnavailableError } from '../../src/passwords/password-keys.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { RetryableError } from '../../src/workos/users.ts';
import { observedUser, POOL } from '../fixtures/factories.ts';
import {
  cognitoUser,
  type StrictCognito,
  startStrictCognito,
} from '../stand-ins/strict-cognito.ts';

const SECRET = 'correct horse battery staple';
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const REGION = POOL.split('_')[0] ?? '';

let kms: KmsEmulator;
let cognito: StrictCognito;
let key: EmulatedKey;
let earlier: EmulatedKey;
let foreign: EmulatedKey;
let jwk: PasswordPublicKey;
let openSeal: OpenSeal;
/** Signs in now, so that what is sealed now is of this sign-in. */
let ada: ObservedUser;

beforeAll(async () => {
  kms = await startKms();
  cognito = await startStrictCognito({
    userPoolId: POOL,
    aliases: ['email', 'phone_number', 'preferred_username'],
  });
  [key, earlier, foreign] = await Promise.all([
    kms.createKey(),
    kms.createKey({ spec: 'RSA_2048' }),
    kms.createKey({ spec: 'RSA_2048' }),
  ]);
  jwk = await toJwk(key);
  const client = { region: REGION, credentials: CREDENTIALS, maxAttempts: 1 };
  const findSub = createFindSub(
    new CognitoIdentityProviderClient({ ...client, endpoint: cognito.endpoint }),
  );
  const requestHandler = { requestTimeout: 2_000, throwOnRequestTimeout: true };
  const keys = createKmsKeys(new KMSClient({ ...client, endpoint: kms.endpoint, requestHandler }));
  openSeal = createOpenSeal({ keyIds: [key.arn, earlier.id], keys, findSub });
});
afterAll(async () => {
  await kms.close();
  await cognito.close();
});
beforeEach(() => {
  kms.fault = undefined;
  kms.requests.length = 0;
  cognito.control.requests.length = 0;
  ada = observedUser({ observedAt: new Date().toISOString() });
});

async function toJwk({ publicKey, id }: EmulatedKey): Promise<PasswordPublicKey> {
  const { kty = '', n = '', e = '' } = await exportJWK(publicKey);
  return { kty, n, e, kid: id };
}

const now = () => Math.floor(Date.now() / 1000);

/** Sealed by another JOSE implementation; `content` and `header` replace what would be right. */
function josedSeal(content: unknown, header: object = {}, to: EmulatedKey = key): Promise<string> {
  const whole = { password: SECRET, username: 'ada', iat: now() };
  const text = typeof content === 'object' ? JSON.stringify({ ...whole, ...content }) : content;
  return new CompactEncrypt(new TextEncoder().encode(String(text)))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: to.id, ...header })
    .encrypt(to.publicKey);
}

function textOf(opened: OpenedSeal): string | undefined {
  return opened.kind === 'opened' ? Buffer.from(opened.password.bytes).toString() : undefined;
}

/** All that a log, a report or a terminal could show of a value. */
function everything(value: unknown): string {
  const shown = [
    inspect(value, { depth: null, showHidden: true }),
    JSON.stringify(value),
    String(value),
  ];
  return shown.join('\n');
}

describe('a sealed password', () => {
  it.each(['a b', '\ud800', 'a'.repeat(129), 'a\u0000b'])(
    'costs Cognito nothing when its name is one that no user can have: %j',
    async (username) => {
      const seal = await josedSeal({ username });
      expect(await openSeal(seal, ada)).toEqual({ kind: 'unusable', reason: 'other_user' });
      expect(cognito.control.requests).toEqual([]);
    },
  );

  it('is opened when our function has sealed it', async () => {
    const seal = await sealPassword(jwk, { username: 'ada', password: SECRET });
    expect(textOf(await openSeal(seal, ada))).toBe(SECRET);
    expect(kms.requests).toEqual([{ action: 'Decrypt', keyId: key.arn }]);
  });

  it('is opened when another JOSE implementation has sealed it, with members that mean nothing here', async () => {
    const seal = await josedSeal({ device: 'phone' }, { typ: 'JWE', cty: 'json' });
    expect(textOf(await openSeal(seal, ada))).toBe(SECRET);
  });

  it('is opened with an earlier key of the stage during a rotation', async () => {
    const seal = await sealPassword(await toJwk(earlier), { username: 'ada', password: SECRET });
    expect(textOf(await openSeal(seal, ada))).toBe(SECRET);
    expect(kms.requests).toEqual([{ action: 'Decrypt', keyId: earlier.id }]);
  });

  it('is opened with the clients that a function gets from its environment', async () => {
    onTestFinished(() => void vi.unstubAllEnvs());
    for (const [name, value] of Object.entries({
      AWS_ENDPOINT_URL_KMS: kms.endpoint,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    })) {
      vi.stubEnv(name, value);
    }
    const connected = connectOpenSeal({ keyIds: [key.id] });
    expect(textOf(await connected(await josedSeal({}), ada))).toBe(SECRET);
    const other = await josedSeal({ username: 'bob' });
    expect(await connected(other, ada)).toEqual({ kind: 'unusable', reason: 'other_user' });
  });

  it.each(['pä🔑 wörd', ' leading and trailing ', 'x', 'x'.repeat(256), '🔑'.repeat(256)])(
    'comes out as it went in: %j',
    async (password) => {
      const seal = await sealPassword(jwk, { username: 'ada', password });
      expect(textOf(await openSeal(seal, ada))).toBe(password);
    },
  );

  it('shows its password to nothing that prints it, and forgets it when it is destroyed', async () => {
    const opened = await openSeal(await josedSeal({}), ada);
    expect(everything(opened)).not.toContain(SECRET);
    expect(JSON.stringify(opened)).toBe('{"kind":"opened","password":{}}');
    if (opened.kind === 'opened') opened.password.destroy();
    expect(textOf(opened)).toBe('\0'.repeat(SECRET.length));
  });
});

describe('a sealed password is unusable, and KMS is not asked,', () => {
  it.each<[string, string, () => Promise<string> | string]>([
    ['foreign_key', 'for the key of another stage', () => josedSeal({}, {}, foreign)],
    ['foreign_key', 'for a key named by its ARN', () => josedSeal({}, { kid: key.arn })],
    ['malformed', 'without a key id', () => josedSeal({}, { kid: undefined })],
    ['malformed', 'with another algorithm', () => josedSeal({}, { alg: 'RSA-OAEP' })],
    ['malformed', 'with another encryption', () => josedSeal({}, { enc: 'A128GCM' })],
    [
      'malformed',
      'that is compressed',
      async () => withHeader(await josedSeal({}), { zip: 'DEF' }),
    ],
    [
      'malformed',
      'with an extension that a reader must understand',
      async () => withHeader(await josedSeal({}), { crit: ['exp'], exp: 1 }),
    ],
    ['malformed', 'that is empty', () => ''],
    ['malformed', 'that is no JWE', () => SECRET],
    ['malformed', 'with a part too few', async () => (await josedSeal({})).replace(/\.[^.]+$/, '')],
    ['malformed', 'with a part too many', async () => `${await josedSeal({})}.AA`],
    ['malformed', 'with padding', async () => `${await josedSeal({})}=`],
    ['malformed', 'with an empty tag', async () => (await josedSeal({})).replace(/[^.]+$/, '')],
    ['malformed', 'with a tag of 15 bytes', async () => (await josedSeal({})).replace(/..$/, '')],
    ['too_long', 'of 4,097 characters', async () => (await josedSeal({})).padEnd(4_097, 'A')],
  ])('%s: %s', async (reason, _, seal) => {
    const text = await seal();
    expect(await openSeal(text, ada)).toEqual({ kind: 'unusable', reason });
    expect(kms.requests).toEqual([]);
  });

  function withHeader(seal: string, more: object): string {
    const [header = '', ...parts] = seal.split('.');
    const whole = { ...JSON.parse(Buffer.from(header, 'base64url').toString()), ...more };
    return [Buffer.from(JSON.stringify(whole)).toString('base64url'), ...parts].join('.');
  }
});

describe('a sealed password is unusable', () => {
  it.each<[string, string, unknown]>([
    ['too_old', 'sealed ten minutes before the sign-in', { iat: now() - 660 }],
    ['in_the_future', 'sealed two minutes after it', { iat: now() + 180 }],
    ['other_user', "sealed under another user's name", { username: 'bob' }],
    ['other_user', 'sealed under a name that no user can have', { username: 'a b' }],
    ['too_long', 'a password of 257 characters', { password: 'x'.repeat(257) }],
    ['malformed', 'an empty password', { password: '' }],
    ['malformed', 'no username', { username: undefined }],
    ['malformed', 'a time that is no number', { iat: 'now' }],
    ['malformed', 'a list', '[]'],
    ['malformed', 'no JSON', SECRET],
  ])('%s: %s', async (reason, _, content) => {
    expect(await openSeal(await josedSeal(content), ada)).toEqual({ kind: 'unusable', reason });
  });

  it('broken: with any part of it changed', async () => {
    const seal = await josedSeal({});
    const parts = seal.split('.');
    for (const index of [1, 2, 3, 4]) {
      const bytes = Buffer.from(parts[index] ?? '', 'base64url');
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      const changed = parts.with(index, bytes.toString('base64url')).join('.');
      expect(await openSeal(changed, ada)).toEqual({ kind: 'unusable', reason: 'broken' });
    }
  });

  it('broken: with the parts of two seals', async () => {
    const [one, other] = [(await josedSeal({})).split('.'), (await josedSeal({})).split('.')];
    const mixed = one.with(1, other[1] ?? '').join('.');
    expect(await openSeal(mixed, ada)).toEqual({ kind: 'unusable', reason: 'broken' });
  });

  it('broken: with another header, because the header is authenticated', async () => {
    const [, ...parts] = (await josedSeal({}, { typ: 'JWE' })).split('.');
    const [header] = (await josedSeal({})).split('.');
    const changed = [header, ...parts].join('.');
    expect(await openSeal(changed, ada)).toEqual({ kind: 'unusable', reason: 'broken' });
  });

  it('broken: with a content key of another length', async () => {
    const seal = await josedSeal({});
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const short = publicEncrypt(
      { key: key.publicKey, padding, oaepHash: 'sha256' },
      randomBytes(16),
    );
    const changed = seal.split('.').with(1, short.toString('base64url')).join('.');
    expect(await openSeal(changed, ada)).toEqual({ kind: 'unusable', reason: 'broken' });
  });

  it('broken: for the size of another key', async () => {
    const sealed = await josedSeal({}, { kid: key.id }, earlier);
    expect(await openSeal(sealed, ada)).toEqual({ kind: 'unusable', reason: 'broken' });
  });
});

describe('the age of a sealed password', () => {
  it('is judged by the observation, however long the message has waited', async () => {
    const monthAgo = Date.now() - 30 * 86_400_000;
    const then = { ...ada, observedAt: new Date(monthAgo).toISOString() };
    const seal = await josedSeal({ iat: Math.floor(monthAgo / 1000) });
    expect(textOf(await openSeal(seal, then))).toBe(SECRET);
    expect(await openSeal(seal, ada)).toEqual({ kind: 'unusable', reason: 'too_old' });
  });

  it('may be ten minutes, and the clock that sealed it two minutes ahead', async () => {
    const at = Date.parse('2026-03-01T12:00:00.000Z');
    const then = { ...ada, observedAt: new Date(at).toISOString() };
    const age = async (seconds: number) =>
      (await openSeal(await josedSeal({ iat: at / 1000 - seconds }), then)).kind;
    expect(await Promise.all([age(600), age(-120)])).toEqual(['opened', 'opened']);
    expect(await Promise.all([age(601), age(-121)])).toEqual(['unusable', 'unusable']);
  });
});

describe('the name in a sealed password', () => {
  it.each([
    ['the username', { username: 'ada' }],
    ['the sub', { username: 'aaaaaaaa-0000-4000-8000-000000000001' }],
    ['the verified address, in upper or lower case', { username: 'ADA@Example.com' }],
  ])('may be %s, and Cognito is not asked', async (_, content) => {
    expect(textOf(await openSeal(await josedSeal(content), ada))).toBe(SECRET);
    expect(cognito.control.requests).toEqual([]);
  });

  it.each([
    ['a phone number', '+491234567'],
    ['a preferred username', 'countess'],
    ['the username in another case', 'Ada'],
  ])('may be %s, when Cognito says that it is the same user', async (_, username) => {
    showAda();
    expect(textOf(await openSeal(await josedSeal({ username }), ada))).toBe(SECRET);
    expect(cognito.control.requests.map(({ action }) => action)).toEqual(['AdminGetUser']);
  });

  it('is not the address that another user has verified', async () => {
    showAda();
    const mallory = observedUser({
      sub: 'cccccccc-0000-4000-8000-000000000003',
      username: 'mallory',
      email: 'ada@example.com',
      emailVerified: false,
      observedAt: ada.observedAt,
    });
    const seal = await josedSeal({ username: 'ada@example.com' });
    expect(await openSeal(seal, mallory)).toEqual({ kind: 'unusable', reason: 'other_user' });
  });

  it('is asked about again later, when Cognito cannot be asked', async () => {
    cognito.control.denied.add('AdminGetUser');
    const error = await openSeal(await josedSeal({ username: 'countess' }), ada).catch(
      (thrown: unknown) => thrown,
    );
    cognito.control.denied.clear();
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).toMatchObject({ message: expect.stringContaining('cognito-idp:AdminGetUser') });
    expect(everything(error)).not.toContain(SECRET);
  });

  function showAda(): void {
    const { sub, email = '' } = ada;
    const names = { phone_number: '+491234567', preferred_username: 'countess' };
    if (cognito.control.has('ada')) return;
    cognito.control.put(cognitoUser({ sub, email, ...names }, { Username: 'ada' }));
  }
});

describe('KMS', () => {
  it.each<[string, KmsFault, RegExp]>([
    ['is down', { kind: 'down' }, /KMS cannot be asked now \(ECONNRESET\)/],
    ['does not answer in time', { kind: 'slow', milliseconds: 60_000 }, /KMS cannot be asked now/],
    ['throttles', { kind: 'error', name: 'ThrottlingException' }, /ThrottlingException/],
    ['fails', { kind: 'error', name: 'KMSInternalException', status: 500 }, /asked now/],
    ['has no key at hand', { kind: 'error', name: 'KeyUnavailableException', status: 500 }, /now/],
    ['denies', { kind: 'error', name: 'AccessDeniedException' }, /allow kms:Decrypt/],
    ['is asked with old credentials', { kind: 'error', name: 'ExpiredTokenException' }, /expired/],
    ['knows no such key', { kind: 'error', name: 'NotFoundException' }, /NotFoundException/],
    ['answers half', { kind: 'truncated', characters: 2 }, /KMS cannot be asked now/],
  ])(
    'is to be asked again, and no error has the password or its key, when it %s',
    async (_, fault, message) => {
      kms.fault = fault;
      const seal = await josedSeal({});
      const error = await openSeal(seal, ada).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(PasswordKeyUnavailableError);
      expect(error).toBeInstanceOf(RetryableError);
      expect(error).toMatchObject({ message: expect.stringMatching(message) });
      const shown = everything(error);
      for (const secret of [SECRET, contentKeyOf(seal), ...seal.split('.').slice(1)]) {
        expect(shown).not.toContain(secret);
      }
    },
  );

  it("is to be asked again when the SDK's error quotes its answer, which is in no error of ours", async () => {
    const answer = `{"Plaintext":"${SECRET}"}`;
    const quoting = Object.assign(new SyntaxError(`"${answer}" is not valid JSON`), {
      $response: { statusCode: 200, body: answer },
    });
    const keys = createKmsKeys({ send: () => Promise.reject(quoting) });
    const error = await keys.decrypt(key.id, randomBytes(384)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PasswordKeyUnavailableError);
    expect(everything(error)).not.toContain(SECRET);
  });

  it('does not open what it calls invalid, and is not asked again', async () => {
    kms.fault = { kind: 'error', name: 'ValidationException' };
    const unopened = { kind: 'unusable', reason: 'broken' };
    expect(await openSeal(await josedSeal({}), ada)).toEqual(unopened);
  });

  it.each(['Disabled', 'PendingDeletion'] as const)(
    'is to be asked again when the key is %s',
    async (state) => {
      key.state = state;
      const error = await openSeal(await josedSeal({}), ada).catch((thrown: unknown) => thrown);
      key.state = 'Enabled';
      expect(error).toBeInstanceOf(PasswordKeyUnavailableError);
      expect(error).toMatchObject({ message: expect.stringContaining('is enabled') });
    },
  );

  /** As KMS answers with it: base64. */
  function contentKeyOf(seal: string): string {
    const encrypted = Buffer.from(seal.split('.')[1] ?? '', 'base64url');
    const options = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
    return privateDecrypt({ key: key.privateKey, ...options }, encrypted).toString('base64');
  }
});

describe('any text in place of a seal', () => {
  const UNUSABLE = { kind: 'unusable', reason: expect.any(String) };

  it('is unusable, and costs KMS nothing', async () => {
    const kid = fc.constantFrom(key.id, foreign.id, 'x');
    const header = fc.record({
      alg: fc.constantFrom('RSA-OAEP-256', 'none'),
      enc: fc.string(),
      kid,
    });
    const part = fc.oneof(fc.string(), fc.base64String(), fc.constant(''), fc.constant('AAAA'));
    const token = fc
      .tuple(fc.oneof(part, header.map(toBase64url)), fc.array(part, { maxLength: 6 }))
      .map(([first, rest]) => [first, ...rest].join('.'));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), token), async (text) => {
        expect(await openSeal(text, ada)).toEqual(UNUSABLE);
      }),
      { numRuns: 2_000 },
    );
    expect(kms.requests).toEqual([]);
  });

  it('is unusable when it is a seal with any character changed, lost or added', async () => {
    const seal = await josedSeal({});
    const change = fc.record({
      at: fc.nat(seal.length - 1),
      lost: fc.nat(3),
      added: fc.oneof(fc.base64String({ maxLength: 4 }), fc.string({ maxLength: 4 })),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, lost, added }) => {
        const changed = seal.slice(0, at) + added + seal.slice(at + lost);
        fc.pre(changed !== seal);
        expect(await openSeal(changed, ada)).toEqual(UNUSABLE);
      }),
      { numRuns: 300 },
    );
  });

  it('is unusable when it holds any other JSON than a password', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (json) => {
        expect(await openSeal(await josedSeal(json), ada)).toEqual(UNUSABLE);
      }),
      { numRuns: 100 },
    );
  });

  function toBase64url(header: object): string {
    return Buffer.from(JSON.stringify(header)).toString('base64url');
  }
});
