import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { loadMirrorConfig } from '../../src/config/mirror.ts';
import type { ProviderReport, ProviderSummary } from '../../src/oauth-clients/provider-summary.ts';
import { expectViolations } from '../contracts/expect-violations.ts';
import * as pool from '../fixtures/identity-providers.ts';
import { SECRET } from '../fixtures/identity-providers.ts';
import { poolUser, subOf } from '../fixtures/pool-users.ts';
import { expectResult, withPlainLists } from '../fixtures/result-schema.ts';
import { type OauthClientsSetting, startOauthClientsSetting } from '../rigs/oauth-clients-run.ts';
import { expectOneErrorLine } from '../rigs/one-error-line.ts';

const { GOOGLE, APPLE, FACEBOOK, AMAZON, SAML, SAML_FILE, oidc } = pool;
const ALL = [
  GOOGLE,
  APPLE,
  FACEBOOK,
  AMAZON,
  SAML,
  SAML_FILE,
  oidc('Ours', 'https://id.example.com'),
];

let setting: OauthClientsSetting;
/** Every run of every test is searched for the secret. */
afterEach(async () => {
  const files = await readdir(setting.directory);
  const texts = await Promise.all(files.map((file) => readFile(join(setting.directory, file))));
  await setting.close();
  for (const text of [...setting.output, ...texts.map(String)]) expect(text).not.toContain(SECRET);
  expect(setting.workos.control.countRequests().writes).toBe(0);
});

async function listJson(args: string[] = []): Promise<ProviderSummary> {
  const ended = await setting.list(['--json', ...args]);
  return withPlainLists(expectResult('oauth-clients', ended));
}

async function providerNamed(name: string): Promise<ProviderReport> {
  const { providers } = await listJson(['--no-count']);
  const provider = providers.find((each) => each.name === name);
  if (!provider) throw new Error(`no ${name}`);
  return provider;
}

describe('oauth-clients, with every type of provider', () => {
  it('reports counterpart, client id and scopes, and lists no users with --no-count', async () => {
    setting = await startOauthClientsSetting({ providers: ALL });
    const { providers, complete } = await listJson(['--no-count']);
    const brief = providers.map(({ name, type, clientId, scopes, workos, counterpart }) => {
      return { name, type, clientId, scopes: scopes.join(' '), workos, counterpart };
    });
    expect(brief).toEqual([
      {
        name: 'Google',
        type: 'Google',
        clientId: 'google-client.apps.googleusercontent.com',
        scopes: 'email profile openid',
        workos: 'GoogleOAuth',
        counterpart: 'oauth',
      },
      {
        name: 'SignInWithApple',
        type: 'SignInWithApple',
        clientId: 'com.example.cognito',
        scopes: 'email name',
        workos: 'AppleOAuth',
        counterpart: 'oauth',
      },
      {
        name: 'Facebook',
        type: 'Facebook',
        clientId: 'facebook-client',
        scopes: 'public_profile email',
        workos: null,
        counterpart: 'none',
      },
      {
        name: 'LoginWithAmazon',
        type: 'LoginWithAmazon',
        clientId: 'amzn1.application-oa2-client.1',
        scopes: 'profile postal_code',
        workos: null,
        counterpart: 'none',
      },
      { name: 'Corp', type: 'SAML', scopes: '', workos: 'GenericSAML', counterpart: 'sso' },
      { name: 'FileCorp', type: 'SAML', scopes: '', workos: 'GenericSAML', counterpart: 'sso' },
      {
        name: 'Ours',
        type: 'OIDC',
        clientId: 'client-of-Ours',
        scopes: 'openid profile email',
        workos: 'GenericOIDC',
        counterpart: 'sso',
      },
    ]);
    expect(complete).toBe(true);
    for (const { steps } of providers) expect(steps.length).toBeGreaterThan(2);
    expect(setting.cognito.control.requests.map(({ action }) => action)).not.toContain('ListUsers');
  });

  it('prints the steps that it has in its JSON', async () => {
    setting = await startOauthClientsSetting({ providers: ALL });
    const { providers } = await listJson(['--no-count']);
    const steps = Object.fromEntries(providers.map((each) => [each.name, each.steps.join('\n')]));
    for (const [name, expected] of Object.entries(EXPECTED_STEPS)) {
      for (const text of expected) expect(steps[name]).toMatch(text);
    }
    const { stdout, code } = await setting.list(['--no-count']);
    expect(code).toBe(0);
    for (const { name, steps, warnings } of providers) {
      expect(stdout).toContain(name);
      for (const text of [...steps, ...warnings]) expect(stdout).toContain(text);
    }
  });
});

const EXPECTED_STEPS: Record<string, RegExp[]> = {
  Google: [/Authorized redirect URIs/, /google-client\.apps/],
  SignInWithApple: [/TEAM2EXAMPLE/, /com\.example\.cognito/, /KEY1EXAMPLE/, /private relay/i],
  Facebook: [/no social login with Facebook/, /Magic Auth/, /without an email/],
  LoginWithAmazon: [/no social login with Amazon/],
  Corp: [/ACS URL/, /https:\/\/idp\.example\.com\/metadata\?appid=app-1/, /encrypt/],
  FileCorp: [/X\.509/, /https:\/\/idp\.example\.org\/sso/],
  Ours: [/https:\/\/id\.example\.com\/\.well-known\/openid-configuration/, /client-of-Ours/],
};

/** Name, issuer, authorization URL, and what it is in WorkOS. */
const GENERIC: [string, string, string | undefined, string | null][] = [
  ['Entra ID', 'https://login.microsoftonline.com/common/v2.0', undefined, 'MicrosoftOAuth'],
  ['an old Entra issuer', 'https://sts.windows.net/tenant/', undefined, 'MicrosoftOAuth'],
  ['LinkedIn', 'https://www.linkedin.com/oauth', undefined, 'LinkedInOAuth'],
  ['Google', 'https://accounts.google.com', undefined, 'GoogleOAuth'],
  [
    'GitHub through a bridge',
    'https://bridge.example.com',
    'https://github.com/login/oauth/authorize',
    'GitHubOAuth',
  ],
  ['Facebook', 'https://www.facebook.com', undefined, null],
  ['a name that only ends so', 'https://notgithub.com', undefined, 'GenericOIDC'],
  ['a name that only begins so', 'https://github.com.evil.example', undefined, 'GenericOIDC'],
  ['a user that looks like a host', 'https://github.com@evil.example', undefined, 'GenericOIDC'],
  ['a path', 'https://evil.example/github.com', undefined, 'GenericOIDC'],
  ['a port', 'https://github.com:8443', undefined, 'GenericOIDC'],
  ['plain http', 'http://github.com', undefined, 'GenericOIDC'],
  ['two owners', 'https://accounts.google.com', 'https://github.com/login', 'GenericOIDC'],
  ['nonsense', 'not a url', 'nor this', 'GenericOIDC'],
];

describe('a generic OpenID Connect provider', () => {
  it('is recognized by the whole host name of its addresses, and by nothing less', async () => {
    const providers = GENERIC.map(([name, issuer, url]) => oidc(name, issuer, url));
    setting = await startOauthClientsSetting({ providers });
    const { providers: told } = await listJson(['--no-count']);
    const known = told.map(({ name, workos }) => [name, workos]);
    expect(known).toEqual(GENERIC.map(([name, , , workos]) => [name, workos]));
    for (const { workos, how } of told) {
      if (workos?.endsWith('OAuth')) expect(how).toMatch(/is at (\w+\.)+\w+/);
    }
  });

  it('of one Entra tenant comes with the advice that an SSO connection may suit better', async () => {
    const issuer = 'https://login.microsoftonline.com/contoso.example/v2.0';
    setting = await startOauthClientsSetting({ providers: [oidc('Entra', issuer)] });
    expect((await providerNamed('Entra')).steps.join()).toMatch(
      /tenant, contoso\.example.*Entra ID/,
    );
  });
});

describe('the attribute mapping of a provider', () => {
  it('causes a warning when it leaves email addresses unmapped or unverified', async () => {
    const entra = oidc('Entra', 'https://login.microsoftonline.com/common/v2.0');
    const unverified = { ...entra, AttributeMapping: { email: 'email' } };
    setting = await startOauthClientsSetting({ providers: [...ALL, unverified] });
    const { providers } = await listJson(['--no-count']);
    const warned = Object.fromEntries(
      providers.map((each) => [each.name, each.warnings.join(' ')]),
    );
    expect(warned.Google).toBe('');
    expect(warned.SignInWithApple).toMatch(/not email_verified.*TRUSTED_EMAIL_PROVIDERS/);
    expect(warned.Corp).toMatch(/not email_verified/);
    expect(warned.LoginWithAmazon).toMatch(/maps no email/);
    expect(warned.Entra).toMatch(/Do not put it into TRUSTED_EMAIL_PROVIDERS/);
    const mapped = providers.map((each) => [each.emailMapped, each.emailVerifiedMapped].join());
    expect(mapped).toEqual([
      'true,true',
      'true,false',
      'true,false',
      'false,false',
      'true,false',
      'true,true',
      'true,true',
      'true,false',
    ]);
  });
});

/** One identity of each of these providers, the first of them primary. */
function identities(...names: string[]): { identities: string } {
  const list = names.map((providerName, index) => {
    return { userId: `id-${providerName}`, providerName, primary: index === 0 };
  });
  return { identities: JSON.stringify(list) };
}
const EXTERNAL = { UserStatus: 'EXTERNAL_PROVIDER' };

describe('the users of each provider', () => {
  it('are counted once each when the listing starts over', async () => {
    setting = await startOauthClientsSetting({
      providers: [GOOGLE, FACEBOOK, SAML],
      cognito: { pageSize: () => 3 },
    });
    const users = [
      poolUser(0),
      poolUser(1, identities('Google'), EXTERNAL),
      poolUser(2, identities('Google', 'Facebook'), EXTERNAL),
      poolUser(3, identities('Google')),
      poolUser(4, identities('Gone', 'Gone'), EXTERNAL),
      poolUser(5),
      poolUser(6),
    ];
    for (const user of users) setting.cognito.control.put(user);
    let lists = 0;
    setting.cognito.control.onRequest = ({ action }) => {
      if (action === 'ListUsers' && ++lists === 3) setting.cognito.control.expireTokens();
      return undefined;
    };
    const { providers, formerProviders, read } = await listJson();
    expect(lists).toBeGreaterThan(3);
    expect(read).toBe(users.length);
    expect(providers.map((each) => [each.name, each.users])).toEqual([
      ['Google', { total: 3, federatedOnly: 2, linked: 1 }],
      ['Facebook', { total: 1, federatedOnly: 1, linked: 0 }],
      ['Corp', { total: 0, federatedOnly: 0, linked: 0 }],
    ]);
    expect(formerProviders).toEqual([
      { name: 'Gone', users: { total: 1, federatedOnly: 1, linked: 0 } },
    ]);
  });

  it('are counted without a record that cannot be read, and the exit code is 1', async () => {
    setting = await startOauthClientsSetting({ providers: [GOOGLE] });
    setting.cognito.control.put(poolUser(0, { identities: 'nonsense' }));
    setting.cognito.control.put(poolUser(1, identities('Google'), EXTERNAL));
    const { code, stdout } = await setting.list(['--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ read: 1, unreadable: 1 });
  });

  it('are reported as counted so far at Ctrl-C, with exit code 130', async () => {
    setting = await startOauthClientsSetting({
      providers: [GOOGLE],
      cognito: { pageSize: () => 1 },
    });
    for (let n = 0; n < 5; n++) setting.cognito.control.put(poolUser(n, identities('Google')));
    let pages = 0;
    setting.cognito.control.onRequest = ({ action }) =>
      action === 'ListUsers' && ++pages > 2 ? { kind: 'hang' } : undefined;
    const args = ['--user-pool-id', setting.cognito.userPoolId, '--json'];
    const child = setting.start('oauth-clients', args);
    while (pages < 3) await delay(5);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await child.ended;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ complete: false, read: 2 });
    expect(stderr).toMatch(/^Stopped/m);
  });
});

/** No provider can be named so. */
const HOSTILE_NAME = [
  /ListIdentityProviders, answer .*ProviderName: pattern/,
  /DescribeIdentityProvider, (request|answer) .*ProviderName: pattern/,
];

describe('the map for OAUTH_CLIENTS', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what the framework takes for a variable.
  const HOSTILE = 'We"ird\n=,\u2028${self:x}é';
  const providers = [...ALL, { ...oidc('x', 'https://id.example.com'), ProviderName: HOSTILE }];

  it('is one ASCII line that the configuration reads, with any provider names', async () => {
    expectViolations(...HOSTILE_NAME);
    setting = await startOauthClientsSetting({ providers });
    const { stdout } = await setting.list(['--no-count', '--write', 'clients.json']);
    expect(stdout).toContain('export OAUTH_CLIENTS="$(cat clients.json)"');
    expect(stdout).toContain('--param oauthClients="$(cat clients.json)"');
    const file = join(setting.directory, 'clients.json');
    const text = await readFile(file, 'utf8');
    expect((await stat(file)).mode & 0o077).toBe(0);
    expect(text).toMatch(/^[\x20-\x7e]+\n$/);
    expect(text).not.toContain('${');
    expect(loadMirrorConfig({ OAUTH_CLIENTS: text }).oauthClients).toEqual({
      Google: { type: 'Google', clientId: 'google-client.apps.googleusercontent.com' },
      SignInWithApple: { type: 'SignInWithApple', clientId: 'com.example.cognito' },
      Facebook: { type: 'Facebook', clientId: 'facebook-client' },
      LoginWithAmazon: { type: 'LoginWithAmazon', clientId: 'amzn1.application-oa2-client.1' },
      Ours: { type: 'OIDC', clientId: 'client-of-Ours' },
      [HOSTILE]: { type: 'OIDC', clientId: 'client-of-x' },
    });
  });

  it('causes a warning when it is too long for the environment of a function', async () => {
    const many = [...Array(70).keys()].map((n) => oidc(`Provider-${n}`, 'https://id.example.com'));
    setting = await startOauthClientsSetting({ providers: many });
    const { stderr, stdout } = await setting.list(['--no-count', '--json', '--write', 'c.json']);
    expect(stderr).toMatch(/warning: the map has \d+ bytes/);
    // Two pages.
    expect(JSON.parse(stdout).providers.items).toHaveLength(70);
  });

  it('causes exit code 2 and one error line when it cannot be written', async () => {
    expectViolations(...HOSTILE_NAME);
    setting = await startOauthClientsSetting({ providers });
    const { code, stderr, stdout } = await setting.list(['--write', 'no/such/folder']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: --write cannot be written/m);
    expect(stdout).toBe('');
  });
});

describe('oauth-clients, with hostile or missing values', () => {
  it('writes no control character to the terminal, and the whole value as JSON', async () => {
    expectViolations(...HOSTILE_NAME);
    const name = '\u001b[2JEvil\r\nGoogle\u009b1m\u202e';
    const evil = oidc('x', 'https://id.example.com');
    const provider = {
      ...evil,
      ProviderName: name,
      ProviderDetails: { ...evil.ProviderDetails, client_id: '\u001b]0;title\u0007' },
      AttributeMapping: { email: '\u001b[31mmail' },
    };
    setting = await startOauthClientsSetting({ providers: [provider] });
    setting.cognito.control.put(poolUser(1, identities('\u001b[2JGone\nGone'), EXTERNAL));
    const text = await setting.list(['--write', 'c.json']);
    expect(text.stdout).toContain('Evil');
    const json = await setting.list(['--json']);
    for (const { stdout, stderr } of [text, json]) {
      expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      expect(stdout).not.toMatch(/^Gone/m);
    }
    expect(JSON.parse(json.stdout).providers.items[0]).toMatchObject({
      name,
      clientId: '\u001b]0;title\u0007',
    });
  });

  it('reports a pool without providers, and writes an empty map', async () => {
    setting = await startOauthClientsSetting();
    const { stdout, code } = await setting.list(['--write', 'c.json']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/has no identity providers/);
    expect(await readFile(join(setting.directory, 'c.json'), 'utf8')).toBe('{}\n');
    expect((await listJson()).providers).toEqual([]);
  });

  it('reports what is missing, and repeats no value, when Cognito answers in an unknown form', async () => {
    const answers: object[] = [
      {},
      { IdentityProvider: null },
      { IdentityProvider: SECRET },
      { IdentityProvider: { ProviderDetails: SECRET } },
      { IdentityProvider: { ProviderDetails: { client_id: { [SECRET]: SECRET } } } },
      { IdentityProvider: { AttributeMapping: [SECRET] } },
      { IdentityProvider: { AttributeMapping: { email: { [SECRET]: SECRET } } } },
      {
        IdentityProvider: { ProviderDetails: { MetadataURL: `${SECRET}`, oidc_issuer: [SECRET] } },
      },
    ];
    setting = await startOauthClientsSetting({
      providers: answers.map((_, n) => ({ ...GOOGLE, ProviderName: `Google${n}` })),
    });
    let described = 0;
    setting.cognito.control.onRequest = ({ action }) =>
      action === 'DescribeIdentityProvider'
        ? { kind: 'status', status: 200, body: JSON.stringify(answers[described++]) }
        : undefined;
    const { code, stdout } = await setting.list(['--no-count', '--write', 'c.json']);
    expect(code).toBe(0);
    expect(stdout.match(/Cognito did not say its client id/g)).toHaveLength(answers.length);
    expect(stdout.match(/maps no email/g)).toHaveLength(answers.length);
    expect(await readFile(join(setting.directory, 'c.json'), 'utf8')).toBe('{}\n');
  });

  it('leaves out a provider that is deleted meanwhile', async () => {
    setting = await startOauthClientsSetting({ providers: [GOOGLE, FACEBOOK] });
    setting.cognito.control.onRequest = ({ action, body }) =>
      action === 'DescribeIdentityProvider' && JSON.stringify(body).includes('Google')
        ? { kind: 'error', type: 'ResourceNotFoundException' }
        : undefined;
    const { providers } = await listJson(['--no-count']);
    expect(providers.map(({ name }) => name)).toEqual(['Facebook']);
  });

  it('retries when Cognito throttles, or answers broken JSON once', async () => {
    setting = await startOauthClientsSetting({ providers: ALL, cognito: { throttleEvery: 3 } });
    setting.cognito.control.onRequest = ({ index }) =>
      index === 2
        ? { kind: 'status', status: 200, body: `{"IdentityProvider":{"x":"${SECRET}` }
        : undefined;
    expect((await listJson(['--no-count'])).providers).toHaveLength(ALL.length);
  });
});

describe('oauth-clients, when it cannot run', () => {
  it.each([
    ['an unknown option', ['--fast'], {}, /--fast/],
    ['another pool', ['--user-pool-id', 'eu-central-1_Other0001'], {}, /no user pool eu-central/],
    ['--rate without --check', ['--rate', '5'], {}, /--rate is only for --check/],
    ['--limit without --check', ['--limit', '5'], {}, /--limit is only for --check/],
    ['a bad limit', ['--check', '--limit', '1.5'], {}, /--limit/],
    ['a check without a key', ['--check'], { WORKOS_API_KEY: '' }, /WORKOS_API_KEY is not set/],
    ['a check with a wrong key', ['--check'], { WORKOS_API_KEY: 'sk_no' }, /refused the API key/],
  ])('exits with 2 and one error line for %s', async (_, args, env, line) => {
    setting = await startOauthClientsSetting({ providers: [GOOGLE] });
    expectOneErrorLine(await setting.list(args, env), line);
  });

  it.each([['ListIdentityProviders'], ['DescribeIdentityProvider'], ['ListUsers']])(
    'exits with 2 and one error line when %s is denied',
    async (action) => {
      setting = await startOauthClientsSetting({ providers: [GOOGLE] });
      setting.cognito.control.denied.add(action);
      expectOneErrorLine(await setting.list(), new RegExp(`cognito-idp:${action}`));
    },
  );

  it('exits with 2 and one error line without the secret that an AWS error quotes', async () => {
    expectViolations(/DescribeIdentityProvider, answer .* error-code: "SomethingNewException"/);
    setting = await startOauthClientsSetting({ providers: [GOOGLE] });
    setting.cognito.control.onRequest = ({ action }) =>
      action === 'DescribeIdentityProvider'
        ? { kind: 'error', type: 'SomethingNewException', message: SECRET }
        : undefined;
    expectOneErrorLine(await setting.list(), /refuses DescribeIdentityProvider/);
  });
});

it('seed writes the client ids of a changed OAUTH_CLIENTS to users that are tagged already', async () => {
  setting = await startOauthClientsSetting({ providers: [GOOGLE] });
  setting.cognito.control.put(poolUser(1, identities('Google'), EXTERNAL));
  const seed = (env: Record<string, string>) =>
    setting.run('seed', ['--user-pool-id', setting.cognito.userPoolId, '--json'], env);
  const tag = () =>
    setting.workos.control.userByEmail('user-1@example.com')?.metadata.oauth_clients;

  await seed({});
  expect(tag()).toBeUndefined();
  for (const client of ['client-one', 'client-two']) {
    setting.providers[0] = {
      ...GOOGLE,
      ProviderDetails: { ...GOOGLE.ProviderDetails, client_id: client },
    };
    await setting.list(['--no-count', '--write', 'clients.json']);
    const OAUTH_CLIENTS = await readFile(join(setting.directory, 'clients.json'), 'utf8');
    const { stdout } = await seed({ OAUTH_CLIENTS });
    expect(JSON.parse(stdout)).toMatchObject({ updated: 1 });
    expect(tag()).toBe(`Google=${client}`);
  }
  expect(setting.workos.control.users().map((user) => user.external_id)).toEqual([subOf(1)]);
  setting.workos.control.clear();
});
