import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FACEBOOK, GOOGLE, SECRET } from '../fixtures/identity-providers.ts';
import { poolUser, subOf, throughGoogle } from '../fixtures/pool-users.ts';
import { expectResult } from '../fixtures/result-schema.ts';
import { closeAndCheckRequests } from '../rigs/close-and-check.ts';
import { exportUsers } from '../rigs/exported-users.ts';
import { type PoolCommandSetting, startPoolCommand } from '../rigs/pool-command.ts';
import { AWKWARD_SETTINGS, type StrictCognitoUser } from '../stand-ins/strict-cognito.ts';

const FOREIGN = 'arn:aws:lambda:eu-central-1:111122223333:function:audit';
const POOL = {
  ...AWKWARD_SETTINGS,
  LambdaConfig: {
    PreAuthentication: FOREIGN,
    DefineAuthChallenge: 'arn:aws:lambda:eu-central-1:111122223333:function:challenge',
    CustomMessage: 'arn:aws:lambda:eu-central-1:111122223333:function:words',
  },
};
const PERSONAL = 'a-value-that-is-personal';

/** Every kind of user that an assessment tells apart. */
const USERS: StrictCognitoUser[] = [
  ...Array.from({ length: 8 }, (_, n) => poolUser(n)),
  poolUser(10, { 'custom:plan': PERSONAL, 'custom:team': PERSONAL }),
  poolUser(11, { 'custom:plan': PERSONAL, phone_number: '+4915112345678' }),
  poolUser(12, { email: '', phone_number: '+4915112345679', phone_number_verified: 'true' }),
  poolUser(13, { email: '' }, { Username: 'ada.the.first' }),
  poolUser(14, {}, { Enabled: false }),
  poolUser(15, {}, { UserStatus: 'UNCONFIRMED' }),
  poolUser(16, { email_verified: 'false' }),
  poolUser(17, throughGoogle('17'), throughGoogle('17')),
  // The same person twice.
  poolUser(18, { email: 'user-0@example.com', ...throughGoogle('18') }, throughGoogle('18')),
  poolUser(20),
  poolUser(21),
  poolUser(22),
  poolUser(23),
  poolUser(24, { email_verified: 'false' }),
  poolUser(25, { identities: 'not a list' }),
];

async function startAssess(): Promise<PoolCommandSetting> {
  const setting = await startPoolCommand('assess', {
    cognito: {
      pool: POOL,
      identityProviders: [GOOGLE, FACEBOOK],
      groups: ['admins', 'editors'],
      appClients: [
        { ClientId: 'web', ClientName: 'web', ClientSecret: SECRET },
        {
          ClientId: 'server',
          ClientName: 'server',
          ClientSecret: SECRET,
          ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        },
      ],
    },
  });
  const { control } = setting.workos;
  for (const user of USERS) setting.cognito.control.put(withoutBlanks(user));
  setting.cognito.control.update(subOf(0), {});
  control.seedUser({ email: 'user-20@example.com', email_verified: true });
  control.seedUser({ email: 'user-21@example.com', email_verified: false });
  control.seedUser({ email: 'user-22@example.com', email_verified: true, external_id: 'crm-22' });
  control.seedUser({
    email: 'user-23@example.com',
    email_verified: true,
    external_id: 'elsewhere-23',
    metadata: { cognito_pool: 'eu-central-1_Other0001' },
  });
  control.seedUser({ email: 'user-24@example.com', email_verified: true });
  control.seedUser({ email: 'nobody@example.com', email_verified: true });
  return setting;
}

function withoutBlanks(user: StrictCognitoUser): StrictCognitoUser {
  return { ...user, Attributes: user.Attributes.filter(({ Value }) => Value !== '') };
}

let setting: PoolCommandSetting;
// biome-ignore lint/suspicious/noExplicitAny: the command's output is what the tests look into.
let result: any;
let page: string;
let report: { sub: string; outcome: string; reason: string }[];
let stderr: string;
let written: { workos: number; cognito: string[] };

beforeAll(async () => {
  setting = await startAssess();
  const ended = await setting.run(['--json', '--html', 'page.html', '--report', 'users.jsonl']);
  if (ended.stdout === '') throw new Error(ended.stderr);
  result = expectResult('assess', ended);
  stderr = ended.stderr;
  page = await readFile(join(setting.directory, 'page.html'), 'utf8');
  const lines = await readFile(join(setting.directory, 'users.jsonl'), 'utf8');
  report = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  written = {
    workos: setting.workos.control.countRequests().writes,
    cognito: [...new Set(setting.cognito.control.requests.map(({ action }) => action))],
  };
}, 60_000);
afterAll(() => closeAndCheckRequests(setting));

describe('assess of a pool with users of every kind', () => {
  it('forecasts what the seed then does, user by user in number', async () => {
    const ended = await setting.runOther('seed', ['--json', '--rate', '1000']);
    const seed = JSON.parse(ended.stdout);
    const { read, created, linked, updated, unchanged, stale, skipped, conflicts, failed } = seed;
    expect(result.forecast.seed).toEqual({
      read,
      created,
      linked,
      updated,
      unchanged,
      stale,
      skipped,
      conflicts,
      failed,
    });
    expect(seed).toMatchObject({ created: 12, linked: 2, conflicts: 4, failed: 1 });
    const mails = await setting.runOther('reset-passwords', ['--json']);
    expect(JSON.parse(mails.stdout)).toMatchObject({ eligible: result.forecast.mails.mailed });
  });

  it('changes nothing: WorkOS gets reads alone, and Cognito no action but documented reads', () => {
    expect(written.workos).toBe(0);
    expect(
      written.cognito.filter((action) => !/^(List|Describe|Get|AdminGet)/.test(action)),
    ).toEqual([]);
  });
});
