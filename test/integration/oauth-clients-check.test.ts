import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IdentityCheckResult } from '../../src/oauth-clients/identity-check.ts';
import { APPLE, FACEBOOK, GOOGLE, oidc, SAML } from '../fixtures/identity-providers.ts';
import { poolUser, subOf } from '../fixtures/pool-users.ts';
import { expectResult, withPlainLists } from '../fixtures/result-schema.ts';
import { type OauthClientsSetting, startOauthClientsSetting } from '../rigs/oauth-clients-run.ts';

const PROVIDERS = [
  GOOGLE,
  APPLE,
  FACEBOOK,
  SAML,
  oidc('Entra', 'https://login.microsoftonline.com/common/v2.0'),
  oidc('Hub', 'https://bridge.example.com', 'https://github.com/login/oauth/authorize'),
];

let setting: OauthClientsSetting;
beforeEach(async () => {
  setting = await startOauthClientsSetting({ providers: PROVIDERS });
});
afterEach(async () => {
  const { requests, schemaViolations } = setting.workos.control;
  await setting.close();
  expect(schemaViolations).toEqual([]);
  // The check only reads.
  expect(requests.filter(({ method }) => method !== 'GET')).toEqual([]);
});

type Ids = Record<string, string>;

/** The n-th user: these identities in Cognito (provider name → id), and at WorkOS (provider → id). */
function put(n: number, cognito: Ids, workos: Ids | undefined, metadata: Ids = {}): string {
  setting.cognito.control.put(
    poolUser(n, toIdentities(cognito), { UserStatus: 'EXTERNAL_PROVIDER' }),
  );
  if (workos === undefined) return '';
  const email = `user-${n}@example.com`;
  const { id } = setting.workos.control.seedUser({ email, external_id: subOf(n), metadata });
  setIdentities(id, workos);
  return id;
}

function toIdentities(ids: Ids): { identities: string } {
  const list = Object.entries(ids).map(([providerName, userId]) => ({ providerName, userId }));
  return { identities: JSON.stringify(list) };
}

function setIdentities(id: string, ids: Ids): void {
  const list = Object.entries(ids).map(([provider, idp_id]) => {
    return { provider, idp_id, type: 'OAuth' as const };
  });
  setting.workos.control.setIdentities(id, list);
}

async function check(
  args: string[] = [],
): Promise<{ code: number | null; check: IdentityCheckResult }> {
  const fast = ['--check', '--json', '--rate', '500'];
  const { code, stdout } = await setting.list([...fast, ...args]);
  return { code, check: withPlainLists(expectResult('oauth-clients', { code, stdout })).check };
}

const identityReads = () =>
  setting.workos.control.requests.filter(({ path }) => path.endsWith('/identities')).length;

const NONE = {
  looked: 0,
  crossedOver: 0,
  notYet: 0,
  same: 0,
  notComparable: 0,
  different: [],
  notInWorkos: 0,
  ssoOnly: 0,
  overLimit: 0,
  failed: 0,
};
const OBJECT_ID = '4f42abde-1e44-4b66-824a-5f733c037a6d';

describe('oauth-clients --check', () => {
  it('counts users with the same provider id on both sides, with one read each, and exits with 0', async () => {
    put(1, { Google: 'g-1' }, { GoogleOAuth: 'g-1' });
    put(2, { SignInWithApple: '000123.AbC.1' }, { AppleOAuth: '000123.abc.1' });
    // The OpenAPI description spells it so, the SDK otherwise.
    put(3, { Hub: '42' }, { GithubOAuth: '42' });
    put(4, { Google: 'g-4', Facebook: 'f-4' }, { GoogleOAuth: 'g-4', MicrosoftOAuth: 'm-4' });
    put(5, { Google: 'g-5' }, {});
    put(6, { Google: 'g-6' }, undefined);
    put(7, {}, {});
    put(8, { Corp: 'c-8' }, {});
    const { code, check: result } = await check();
    expect(result).toEqual({
      ...NONE,
      looked: 5,
      crossedOver: 4,
      notYet: 1,
      same: 4,
      notInWorkos: 1,
      ssoOnly: 1,
    });
    expect(code).toBe(0);
    expect(identityReads()).toBe(5);
  });

  it('lists users whose provider ids differ, with the possible cause, and exits with 1', async () => {
    const google = put(1, { Google: 'g-1' }, { GoogleOAuth: 'g-other' });
    const apple = put(2, { SignInWithApple: 'a-2' }, { AppleOAuth: 'a-other' });
    const other = put(3, { Google: 'g-3' }, { MicrosoftOAuth: OBJECT_ID });
    put(4, { Google: 'g-4' }, { GoogleOAuth: 'g-4' });
    const { code, check: result } = await check();
    expect(code).toBe(1);
    expect(result).toEqual({
      ...NONE,
      looked: 4,
      crossedOver: 4,
      same: 1,
      different: expect.arrayContaining([
        {
          sub: subOf(1),
          workosUserId: google,
          provider: 'GoogleOAuth',
          reason: 'other_id',
          cognitoUserId: 'g-1',
          workosIdpId: 'g-other',
        },
        {
          sub: subOf(2),
          workosUserId: apple,
          provider: 'AppleOAuth',
          reason: 'other_id',
          cognitoUserId: 'a-2',
          workosIdpId: 'a-other',
        },
        {
          sub: subOf(3),
          workosUserId: other,
          provider: 'MicrosoftOAuth',
          reason: 'other_provider',
          workosIdpId: OBJECT_ID,
        },
      ]),
    });
    expect(result.different).toHaveLength(3);
    const { stdout } = await setting.list(['--check', '--rate', '500']);
    for (const text of [google, 'g-other', /AppleOAuth: .*team/, /GoogleOAuth: .*another/]) {
      expect(stdout).toMatch(text);
    }
  });

  it('counts ids of different kinds as not comparable, and exits with 0', async () => {
    put(1, { Entra: 'pairwise-sub' }, { MicrosoftOAuth: OBJECT_ID });
    put(2, { Facebook: 'f-2' }, { GoogleOAuth: 'g-2' });
    put(3, { Entra: OBJECT_ID }, { MicrosoftOAuth: OBJECT_ID.toUpperCase() });
    const { code, check: result } = await check();
    expect(result).toEqual({
      ...NONE,
      looked: 3,
      crossedOver: 3,
      same: 1,
      notComparable: 2,
    });
    expect(code).toBe(0);
  });

  it('lists a user whose Microsoft ids are of one kind and differ, and exits with 1', async () => {
    put(1, { Entra: 'pairwise-sub' }, { MicrosoftOAuth: 'another-sub' });
    const { code, check: result } = await check();
    expect(result.different).toMatchObject([{ sub: subOf(1), reason: 'other_id' }]);
    expect(code).toBe(1);
  });

  it('compares all Cognito profiles of a person with one read', async () => {
    put(1, { Google: 'g-1' }, { AppleOAuth: 'a-2' }, { cognito_linked_subs: subOf(2) });
    put(2, { SignInWithApple: 'a-2' }, undefined);
    const { code, check: result } = await check();
    expect(result).toEqual({ ...NONE, looked: 1, crossedOver: 1, same: 1 });
    expect(code).toBe(0);
    expect(identityReads()).toBe(1);
  });
});

describe('oauth-clients --check of thirty users', () => {
  const USERS = 30;
  beforeEach(() => {
    for (let n = 0; n < USERS; n++) put(n, { Google: `g-${n}` }, { GoogleOAuth: `g-${n}` });
  });

  it('stops at --limit, and counts the users over it', async () => {
    const { check: result } = await check(['--limit', '10']);
    expect(result).toEqual({ ...NONE, looked: 10, crossedOver: 10, same: 10, overLimit: 20 });
    expect(identityReads()).toBe(10);
  });

  it('leaves out the user counts of the providers with --no-count', async () => {
    const { stdout } = await setting.list(['--check', '--json', '--no-count', '--rate', '500']);
    const { providers, check: result } = withPlainLists(JSON.parse(stdout));
    expect(result.same).toBe(USERS);
    expect(providers).toHaveLength(PROVIDERS.length);
    for (const provider of providers) expect(provider).not.toHaveProperty('users');
  });

  it('retries the requests that WorkOS refuses with 429', async () => {
    setting.workos.control.onRequest = ({ index }) =>
      index % 7 === 3
        ? { kind: 'status', status: 429, headers: { 'retry-after': '0' } }
        : undefined;
    const { code, check: result } = await check();
    expect(result).toEqual({ ...NONE, looked: USERS, crossedOver: USERS, same: USERS });
    expect(code).toBe(0);
  });

  it('counts a user whose answer is unreadable as failed and a deleted one as not in WorkOS, and exits with 1', async () => {
    const [first, second] = setting.workos.control.users();
    setting.workos.control.onRequest = ({ path }) => {
      if (path.includes(`${first?.id}/`)) return { kind: 'garbage' };
      return path.includes(`${second?.id}/`) ? { kind: 'status', status: 404 } : undefined;
    };
    const { code, check: result } = await check();
    expect(result).toMatchObject({ failed: 1, notInWorkos: 1, same: USERS - 2 });
    expect(code).toBe(1);
  });

  it('ends at Ctrl-C with exit code 130, and prints what it found so far', async () => {
    setting.workos.control.onRequest = () => (identityReads() > 5 ? { kind: 'hang' } : undefined);
    const pool = ['--user-pool-id', setting.cognito.userPoolId];
    const child = setting.start('oauth-clients', [...pool, '--check', '--json', '--rate', '500']);
    while (identityReads() <= 5) await delay(5);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await child.ended;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ complete: false, check: { failed: 0 } });
    expect(stderr).toMatch(/^Stopped/m);
  });
});
