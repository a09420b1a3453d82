import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CompactEncrypt, importJWK, importSPKI } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sealPassword } from '../../client/seal-password.js';
import { startControlPlane } from '../../local/emulators/control-plane/control-plane.ts';
import { type EmulatedKey, type KmsEmulator, startKms } from '../../local/emulators/kms.ts';
import { expectResult } from '../fixtures/result-schema.ts';
import { type CommandSetting, startCommandSetting } from '../rigs/command-run.ts';
import { expectOneErrorLine } from '../rigs/one-error-line.ts';

const DEPLOYED = {
  region: 'eu-central-1',
  account: '111122223333',
  functions: [],
  parameters: {},
  stackParameters: {},
};

let setting: CommandSetting;
let kms: KmsEmulator;
let key: EmulatedKey;
let stacks: { prod: string; bare: string };
let open: { close(): Promise<void> }[];

beforeAll(async () => {
  [setting, kms] = await Promise.all([startCommandSetting(), startKms()]);
  key = await kms.createKey({ alias: 'passwords' });
  const [prod, bare] = await Promise.all([
    startControlPlane({ ...DEPLOYED, stage: 'prod', outputs: { PasswordKeyId: key.id } }),
    startControlPlane({ ...DEPLOYED, stage: 'prod', outputs: { SyncQueueUrl: 'https://queue' } }),
  ]);
  stacks = { prod: prod.endpoint, bare: bare.endpoint };
  open = [setting, kms, prod, bare];
});
afterAll(async () => {
  for (const each of open) await each.close();
});
beforeEach(() => {
  kms.fault = undefined;
  kms.requests.length = 0;
});

function run(args: string[], { stack = stacks.prod } = {}) {
  return setting.run('password-key', args, {
    AWS_ENDPOINT_URL_KMS: kms.endpoint,
    AWS_ENDPOINT_URL_CLOUDFORMATION: stack,
    AWS_REGION: 'eu-central-1',
  });
}

describe('password-key', () => {
  it('prints the key of the stage as a JWK with which a password can be sealed', async () => {
    const { code, stdout, stderr } = await run(['--stage', 'prod']);
    expect([code, stderr]).toEqual([0, '']);
    const jwk = JSON.parse(stdout);
    expect(jwk).toEqual({
      ...key.publicKey.export({ format: 'jwk' }),
      kid: key.id,
      alg: 'RSA-OAEP-256',
      use: 'enc',
    });
    expect(await sealPassword(jwk, { username: 'ada', password: 'correct horse' })).toMatch(/^ey/);
    expect(await importJWK(jwk)).toBeDefined();
  });

  it('prints it as PEM for other libraries, with its kid on stderr', async () => {
    const { code, stdout, stderr } = await run(['--stage', 'prod', '--format', 'pem']);
    expect(code).toBe(0);
    expect(stdout).toBe(key.publicKey.export({ format: 'pem', type: 'spki' }));
    expect(stderr).toBe(`kid: ${key.id}\n`);
    const imported = await importSPKI(stdout, 'RSA-OAEP-256');
    const header = { alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: key.id };
    const sealing = new CompactEncrypt(new Uint8Array(1)).setProtectedHeader(header);
    expect(await sealing.encrypt(imported)).toMatch(/^ey/);
  });

  it.each([
    ['its id', () => key.id],
    ['its ARN', () => key.arn],
    ['its alias', () => 'alias/passwords'],
  ])('takes a key by %s, without a stage', async (_, keyId) => {
    const { code, stdout } = await run(['--key-id', keyId()]);
    expect([code, JSON.parse(stdout).kid]).toEqual([0, key.id]);
    expect(kms.requests).toEqual([{ action: 'GetPublicKey', keyId: keyId() }]);
  });

  it('prints one object as docs/schemas has it with --json', async () => {
    await mkdir(join(setting.directory, 'config'), { recursive: true });
    const file = join(setting.directory, 'config/filed.yml');
    await writeFile(file, 'userPoolId: eu-central-1_Ab1Cd2Ef3\n');
    const args = ['--stage', 'filed', '--key-id', key.id, '--json'];
    expect(expectResult('password-key', await run(args))).toMatchObject({
      userPoolId: 'eu-central-1_Ab1Cd2Ef3',
      stage: 'filed',
      kid: key.id,
      keyArn: key.arn,
      keySpec: 'RSA_3072',
      pem: expect.stringContaining('BEGIN PUBLIC KEY'),
    });
  });

  it('says what to give without a stage and a key', async () => {
    expectOneErrorLine(await run([]), /Give --stage, or --key-id/);
  });

  it('says how to deploy a stage that has no key', async () => {
    const ended = await run(['--stage', 'prod'], { stack: stacks.bare });
    expectOneErrorLine(ended, /stage prod has no key.*deploy it with carryPasswords: true/);
  });

  it('says that there is no such stage', async () => {
    expectOneErrorLine(await run(['--stage', 'dev']), /no stack cognito-workos-sync-dev/);
  });

  it('names the permission that is missing', async () => {
    kms.fault = { kind: 'error', name: 'AccessDeniedException' };
    const ended = await run(['--stage', 'prod']);
    expectOneErrorLine(ended, new RegExp(`allow kms:GetPublicKey on the key ${key.id}`));
  });

  it('refuses a key that does not exist, and one that cannot seal', async () => {
    const missing = await run(['--key-id', '00000000-0000-4000-8000-000000000000']);
    expectOneErrorLine(missing, /there is no key 00000000/);
    const signing = await kms.createKey({ spec: 'RSA_2048', usage: 'SIGN_VERIFY' });
    const unfit = await run(['--key-id', signing.id]);
    expectOneErrorLine(unfit, /has to be an RSA key for encryption/);
  });

  it('says that the key is disabled, or that KMS cannot be reached', async () => {
    key.state = 'Disabled';
    expectOneErrorLine(await run(['--stage', 'prod']), /that the key is enabled/);
    key.state = 'Enabled';
    kms.fault = { kind: 'down' };
    expectOneErrorLine(await run(['--stage', 'prod']), /KMS cannot be reached/);
  });
});
