import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { type CryptoKey, compactDecrypt, exportJWK, generateKeyPair } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PasswordPublicKey, sealPassword } from '../../../client/seal-password.js';

const SECRET = 'correct horse battery staple';
const CLIENT = new URL('../../../client/seal-password.js', import.meta.url).href;
const SEAL_ONE = `
  import { sealPassword } from '${CLIENT}';
  const [key, input] = process.argv.slice(-2).map((text) => JSON.parse(text));
  console.log(JSON.stringify({ node: process.version, seal: await sealPassword(key, input) }));
`;

let publicKey: PasswordPublicKey;
let privateKey: CryptoKey;
beforeAll(async () => {
  const pair = await generateKeyPair('RSA-OAEP-256', { modulusLength: 3_072, extractable: true });
  privateKey = pair.privateKey;
  const { kty = '', n = '', e = '' } = await exportJWK(pair.publicKey);
  publicKey = { kty, n, e, kid: '11111111-2222-4333-8444-555555555555', alg: 'RSA-OAEP-256' };
});

async function open(seal: string) {
  const { plaintext, protectedHeader } = await compactDecrypt(seal, privateKey);
  return { header: protectedHeader, payload: JSON.parse(new TextDecoder().decode(plaintext)) };
}

/** The Node that runs the tests, and those of the machine. */
function nodes(): string[] {
  const found = (process.env.PATH ?? '').split(delimiter).map((each) => join(each, 'node'));
  const real = [process.execPath, ...found.filter((each) => existsSync(each))].map((each) =>
    realpathSync(each),
  );
  return [...new Set(real)];
}

describe('sealPassword', () => {
  it.each(nodes())('makes what another JOSE implementation opens, in %s', async (node) => {
    const before = Math.floor(Date.now() / 1000);
    const args = ['--input-type=module', '-e', SEAL_ONE, '--'];
    const input = { username: 'Zoë@example.com', password: SECRET };
    const { stdout } = await promisify(execFile)(node, [
      ...args,
      JSON.stringify(publicKey),
      JSON.stringify(input),
    ]);
    const { node: version, seal } = JSON.parse(stdout);
    expect(Number(/^v(\d+)/.exec(version)?.[1])).toBeGreaterThanOrEqual(20);
    const { header, payload } = await open(seal);
    expect(header).toEqual({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: publicKey.kid });
    const { pad, iat, ...rest } = payload;
    expect(rest).toEqual(input);
    expect(iat).toBeGreaterThanOrEqual(before);
    expect(iat).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000));
  });

  it('gives no two seals of one password the same key, nonce or content', async () => {
    const input = { username: 'ada', password: SECRET };
    const [one, other] = await Promise.all([
      sealPassword(publicKey, input),
      sealPassword(publicKey, input),
    ]);
    const [, ...parts] = one.split('.');
    for (const part of other.split('.').slice(1)) expect(parts).not.toContain(part);
  });

  it('has the same length for a short password and a long one', async () => {
    const lengths = new Set<number>();
    for (const length of [1, 8, 12, 40, 100]) {
      const seal = await sealPassword(publicKey, { username: 'ada', password: 'x'.repeat(length) });
      lengths.add(seal.length);
    }
    expect([...lengths]).toHaveLength(1);
  });

  it('keeps to 4,096 characters for the longest password and username that Cognito takes', async () => {
    // JSON takes six characters for a control character, more than for any other.
    const longest = { username: '\u0001'.repeat(128), password: '\u0001'.repeat(256) };
    const seal = await sealPassword(publicKey, longest);
    expect(seal.length).toBeLessThanOrEqual(4_096);
    expect((await open(seal)).payload).toMatchObject(longest);
  });

  it.each<[string, unknown, unknown]>([
    ['the text of a key', (key: object) => JSON.stringify(key), {}],
    ['no key', () => undefined, {}],
    ['a key of another type', (key: object) => ({ ...key, kty: 'EC' }), {}],
    ['a key without its modulus', (key: object) => ({ ...key, n: undefined }), {}],
    ['a key whose modulus is no base64url', (key: object) => ({ ...key, n: 'ä' }), {}],
    ['a key of 1024 bits', (key: object) => ({ ...key, n: `w${'A'.repeat(170)}` }), {}],
    ['a private key', (key: object) => ({ ...key, d: 'AQAB' }), {}],
    ['a key for another algorithm', (key: object) => ({ ...key, alg: 'RS256' }), {}],
    ['a key without its id', (key: object) => ({ ...key, kid: undefined }), {}],
    ['an empty password', (key: object) => key, { password: '' }],
    ['no username', (key: object) => key, { username: undefined }],
    ['a password of 257 characters', (key: object) => key, { password: SECRET.repeat(10) }],
    ['a username of 129 characters', (key: object) => key, { username: 'u'.repeat(129) }],
    [
      'what does not fit into 4,096 characters',
      (key: object) => ({ ...key, kid: 'k'.repeat(128) }),
      { password: `${SECRET}${'\u0001'.repeat(228)}`, username: '\u0001'.repeat(128) },
    ],
  ])('refuses %s with a TypeError that does not contain the password', async (_, change, input) => {
    const key = (change as (key: object) => PasswordPublicKey)(publicKey);
    const whole = { username: 'ada', password: SECRET, ...(input as object) };
    const error = await sealPassword(key, whole).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(TypeError);
    expect(inspect(error)).toMatch(/sealPassword: /);
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain('horse');
  });
});
