import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FACEBOOK, GOOGLE, SECRET } from '../fixtures/identity-providers.ts';
import { googleUser, poolUser, subOf } from '../fixtures/pool-users.ts';
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
const CLIENT_SECRET = 'MARKERsecretOfAnAppClient0815';

/** Every kind of user that an assessment tells apart. */
const USERS: StrictCognitoUser[] = [
  ...Array.from({ length: 8 }, (_, n) => poolUser(n)),
  poolUser(10, { 'custom:plan': PERSONAL, 'custom:team': PERSONAL }),
  poolUser(11, { 'custom:plan': PERSONAL, phone_number: '+4915112345678' }),
  poolUser(12, { email: '', phone_number: '+4915112345679', phone_number_verified: 'true' }),
  poolUser(13, { email: '' }, { Username: 'ada.the.first' }),
  poolUser(14, {}, { Enabled: false }),
  poolUser(15, { email_verified: 'false' }, { UserStatus: 'UNCONFIRMED' }),
  poolUser(16, { email_verified: 'false' }),
  googleUser(17),
  // The same person twice.
  googleUser(18, { email: 'user-0@example.com' }),
  poolUser(20),
  poolUser(21),
  poolUser(22),
  poolUser(23),
  poolUser(24, { email_verified: 'false' }),
  poolUser(25, { identities: 'not a list' }),
  // One person with two providers: WorkOS does not have one, and the pool no longer has the other.
  poolUser(26, { identities: JSON.stringify([identity('Facebook'), identity('OldShop')]) }),
];

function identity(providerName: string) {
  return { userId: '26', providerName, providerType: 'Facebook', primary: false };
}

async function startAssess(): Promise<PoolCommandSetting> {
  const setting = await startPoolCommand('assess', {
    cognito: {
      pool: POOL,
      identityProviders: [GOOGLE, FACEBOOK],
      groups: ['admins', 'editors'],
      appClients: [
        { ClientId: 'web', ClientName: 'web', ClientSecret: CLIENT_SECRET },
        {
          ClientId: 'server',
          ClientName: 'server',
          ClientSecret: CLIENT_SECRET,
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
    expect(seed).toMatchObject({ created: 13, linked: 2, conflicts: 4, failed: 1 });
    const mails = await setting.runOther('reset-passwords', ['--json']);
    const { mailed } = result.forecast.mails;
    expect(JSON.parse(mails.stdout)).toMatchObject({ eligible: mailed });
  });

  it('changes nothing: WorkOS gets reads alone, and Cognito no action but documented reads', () => {
    expect(written.workos).toBe(0);
    const isRead = /^(List|Describe|Get|AdminGet)/;
    expect(written.cognito.filter((action) => !isRead.test(action))).toEqual([]);
  });

  it('counts users by what a migration depends on, each once', () => {
    expect(result.users).toMatchObject({
      total: 23,
      disabled: 1,
      native: 20,
      federated: 2,
      linked: 1,
      email: { verified: 18, unverified: 3, none: 2 },
      comesUnverified: 2,
      phoneOnly: 1,
      withPhone: 2,
      ownUsername: 1,
      duplicates: { addresses: 1, profiles: 2 },
      customAttributes: { 'custom:plan': 2, 'custom:team': 1 },
      withCustomAttributes: 2,
    });
  });

  it('counts in a loss whom it touches, each once', () => {
    const losses = Object.fromEntries(
      result.losses.items.map(({ name, ...loss }: { name: string }) => [name, loss]),
    );
    // The one who has not confirmed the sign-up is unverified, too, and does not come.
    expect(losses.unverified_email.affected).toEqual({ kind: 'known', users: 2 });
    expect(losses.providers).toMatchObject({
      affected: { kind: 'known', users: 1 },
      names: ['Facebook', 'OldShop'],
      means: 'For 0 of these people it is the only way in.',
    });
  });

  it('tells the WorkOS users of before apart, and adds them up', () => {
    const { total, kinds } = result.workosUsers;
    expect(kinds).toMatchObject({
      linkable: 1,
      unverifiedInWorkos: 1,
      foreignExternalId: 1,
      otherPool: 1,
      notUsable: 1,
      noCounterpart: 1,
    });
    const sum = Object.values<number>(kinds).reduce((all, each) => all + each, 0);
    expect([total, sum]).toEqual([6, 6]);
  });

  it('says what the pool is: sign-in, app clients by flow, functions, groups, providers', () => {
    expect(result.pool).toMatchObject({
      known: true,
      signIn: { by: ['email'], isCaseSensitive: false },
      mfa: 'OPTIONAL',
      threatProtection: 'ENFORCED',
      remembersDevices: true,
      emailSender: 'DEVELOPER',
      domain: 'auth-example',
    });
    const kinds = result.pool.triggers.items.map(
      ({ trigger, kind }: { trigger: string; kind: string }) => `${trigger} ${kind}`,
    );
    expect(kinds.sort()).toEqual([
      'CustomMessage other',
      'DefineAuthChallenge other',
      'PreAuthentication chain',
    ]);
    expect(result.appClients.clients.items).toEqual([
      { name: 'web', flows: ['srp', 'custom'] },
      { name: 'server', flows: ['admin_password'] },
    ]);
    expect(result.groups).toEqual({ known: true, names: ['admins', 'editors'] });
    expect(result.assessedProviders.items).toMatchObject([
      { name: 'Google', people: 2, counterpart: 'oauth' },
      { name: 'Facebook', people: 1, counterpart: 'none' },
      { name: 'OldShop', people: 1, counterpart: 'gone' },
    ]);
  });

  it('ends with 1 and the verdict to look first, which names the function to chain', () => {
    expect(result).toMatchObject({ verdict: 'look', exit: 1 });
    expect(result.checks.items).toContainEqual(
      expect.objectContaining({ name: 'triggers', todo: expect.stringContaining(FOREIGN) }),
    );
  });

  it('lists by sub who is left out, in conflict or unreadable', () => {
    const { skipped, conflicts, failed } = result.forecast.seed;
    const left = Object.values<number>(skipped).reduce((all, each) => all + each, 0);
    expect(report).toHaveLength(left + conflicts + failed);
    expect(report).toContainEqual({ sub: subOf(12), outcome: 'skipped', reason: 'no_email' });
  });

  it('puts no address, name, phone number, value or secret into result, page or report', () => {
    const all = [JSON.stringify(result), page, JSON.stringify(report), stderr].join('\n');
    for (const personal of [
      /user-\d+@/,
      /Given\d/,
      /\+4915/,
      /ada\.the/,
      /nobody@example/,
      PERSONAL,
      SECRET,
      CLIENT_SECRET,
    ]) {
      expect(all).not.toMatch(personal);
    }
  });
});

describe('assess of a pool of which less may be read', () => {
  it('says unknown with what to allow, never 0, and forecasts without WorkOS', async () => {
    const { denied } = setting.cognito.control;
    const actions = [
      'DescribeUserPool',
      'GetUserPoolMfaConfig',
      'ListUserPoolClients',
      'ListGroups',
      'ListIdentityProviders',
      'AdminGetUser',
    ];
    for (const action of actions) denied.add(action);
    const ended = await setting.run(['--json', '--without-workos'], { WORKOS_API_KEY: '' });
    denied.clear();
    const found = expectResult('assess', ended);
    expect(found).toMatchObject({ exit: 1, verdict: 'look', workosEnvironment: null });
    for (const [part, action] of [
      ['pool', 'DescribeUserPool'],
      ['mfa', 'GetUserPoolMfaConfig'],
      ['appClients', 'ListUserPoolClients'],
      ['groups', 'ListGroups'],
      ['providers', 'ListIdentityProviders'],
    ] as const) {
      expect(found[part]).toEqual({
        known: false,
        why: expect.stringContaining(`allow cognito-idp:${action}`),
      });
    }
    expect(found.workosUsers).toMatchObject({ known: false });
    expect(found.mfaSample).toMatchObject({
      asked: 0,
      why: expect.stringContaining('allow cognito-idp:AdminGetUser'),
    });
    const unknown = found.losses.items.filter(
      ({ affected }: { affected: { kind: string } }) => affected.kind === 'unknown',
    );
    expect(unknown.map(({ name }: { name: string }) => name)).toEqual(['mfa', 'groups']);
    expect(found.forecast.seed).toMatchObject({ created: 18, linked: 1, conflicts: 0 });
  });

  it('reads exported files, and counts their attributes likewise', async () => {
    const folder = await exportUsers(setting.directory, USERS.map(withoutBlanks));
    const ended = await setting.run(['--json', '--without-workos', '--from', folder]);
    const found = expectResult('assess', ended);
    expect(found).toMatchObject({ asOf: 'export', users: result.users });
  });

  it('ends with 130 and without a page when it is stopped', async () => {
    const { control } = setting.cognito;
    const running = setting.start(['--html', 'stopped.html']);
    control.onRequest = ({ action }) => {
      if (action !== 'ListUsers') return undefined;
      running.kill('SIGINT');
      return { kind: 'hang' };
    };
    const ended = await running.ended;
    control.onRequest = undefined;
    expect(ended).toMatchObject({ code: 130, stdout: '' });
    await expect(readFile(join(setting.directory, 'stopped.html'))).rejects.toThrow('ENOENT');
  });

  it('ends with 2 for a pool without users, and when WorkOS has no key', async () => {
    const { control } = setting.cognito;
    const ended = await setting.run([], { WORKOS_API_KEY: '' });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('WORKOS_API_KEY');
    for (const { Username } of USERS) if (control.has(Username)) control.remove(Username);
    const empty = await setting.run(['--without-workos']);
    expect(empty).toMatchObject({ code: 2, stdout: '' });
    expect(empty.stderr).toContain('has no users');
  });
});
