import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { poolUser, subOf, throughGoogle } from '../fixtures/pool-users.ts';
import { closeAndCheckRequests } from '../rigs/close-and-check.ts';
import { startVerifySetting, type VerifySetting } from '../rigs/verify-run.ts';

let setting: VerifySetting;
beforeEach(async () => {
  setting = await startVerifySetting();
});
afterEach(() => closeAndCheckRequests(setting));
const workos = () => setting.workos.control;
const cognito = () => setting.cognito.control;
const emailOf = (n: number) => `user-${n}@example.com`;
const idOf = (n: number) => workos().userByEmail(emailOf(n))?.id ?? '';
const NOTHING = { missing: [], stale: [], conflicts: [], extra: [], failed: [] };

/** The conflicts that verify reports; the user pool is in sync exactly when there are none. */
async function conflicts(args: string[] = []) {
  const { code, inSync, conflicts: found } = await setting.verify(args);
  expect({ code, inSync }).toEqual({ code: found.length > 0 ? 1 : 0, inSync: found.length === 0 });
  return found;
}

describe('verify', () => {
  beforeEach(async () => {
    for (let n = 0; n < 4; n++) cognito().put(poolUser(n));
    await setting.seed();
  });

  it('reports disabled_in_cognito for a user who is disabled in Cognito and present in WorkOS', async () => {
    cognito().update(subOf(1), { Enabled: false });
    expect(await conflicts()).toMatchObject([
      { sub: subOf(1), reason: 'disabled_in_cognito', workosUserId: idOf(1) },
    ]);
  });

  it('reports address_differs while a new address is not verified, also with --fix', async () => {
    const attributes = { email: 'new@example.com', email_verified: 'false' };
    cognito().update(subOf(1), { attributes });
    expect(await conflicts(['--fix'])).toMatchObject([
      { sub: subOf(1), reason: 'address_differs', workosUserId: idOf(1) },
    ]);
  });

  it('reports address_differs when a user of a provider in TRUSTED_EMAIL_PROVIDERS has moved to another address', async () => {
    const { identities, ...partial } = throughGoogle('g-9');
    const okta = identities
      .replaceAll('Google', 'Okta')
      .replace('"providerType":"Okta"', '"providerType":"SAML"');
    const env = { TRUSTED_EMAIL_PROVIDERS: 'Okta' };
    cognito().put(poolUser(9, { identities: okta, email_verified: 'false' }, partial));
    await setting.verify(['--fix'], env);
    cognito().update('Google_g-9', { attributes: { email: 'moved@example.com' } });
    const { conflicts: found } = await setting.verify([], env);
    expect(found).toMatchObject([{ sub: subOf(9), reason: 'address_differs' }]);
  });

  it('reports a linked sub that has a WorkOS user of its own, and --fix removes the link', async () => {
    const metadata = {
      ...workos().userByEmail(emailOf(0))?.metadata,
      cognito_linked_subs: subOf(1),
    };
    workos().updateUser(idOf(0), { metadata });
    expect(await conflicts()).toMatchObject([
      { sub: subOf(1), reason: 'linked_sub_of_another', workosUserId: idOf(0) },
    ]);
    expect(await setting.verify(['--fix'])).toMatchObject({ ...NOTHING, inSync: true });
    expect(workos().userByEmail(emailOf(0))?.metadata).not.toHaveProperty('cognito_linked_subs');
  });

  it('reports a linked sub that has another address, and --fix creates its own WorkOS user', async () => {
    cognito().put(poolUser(7, { email: 'seven@example.com' }));
    const metadata = {
      ...workos().userByEmail(emailOf(0))?.metadata,
      cognito_linked_subs: subOf(7),
    };
    workos().updateUser(idOf(0), { metadata });
    expect(await conflicts()).toMatchObject([{ sub: subOf(7), reason: 'linked_sub_of_another' }]);
    expect(await setting.verify(['--fix'])).toMatchObject({ ...NOTHING, inSync: true });
    expect(workos().userByEmail('seven@example.com')?.external_id).toBe(subOf(7));
  });

  it('reports not in sync when an address was passed on, and --fix gives each person their own WorkOS user', async () => {
    const { id } = workos().userByEmail(emailOf(0)) ?? { id: '' };
    const metadata = {
      ...workos().userByEmail(emailOf(0))?.metadata,
      cognito_linked_subs: subOf(8),
    };
    workos().updateUser(id, { metadata });
    cognito().update(subOf(0), { attributes: { email: 'alice@example.com' } });
    cognito().put(poolUser(8, { email: emailOf(0) }));
    expect(await setting.verify()).toMatchObject({ code: 1, inSync: false });
    expect(await setting.verify(['--fix'])).toMatchObject({ ...NOTHING, inSync: true });
    expect(workos().userByEmail('alice@example.com')).toMatchObject({ id, external_id: subOf(0) });
    expect(workos().userByEmail(emailOf(0))?.external_id).toBe(subOf(8));
  });

  it('reports address_passed_on, and no extra user, when the former holder of an address was deleted', async () => {
    cognito().remove(subOf(0));
    cognito().put(poolUser(8, { email: emailOf(0) }));
    expect(await setting.verify(['--fix'])).toMatchObject({
      ...NOTHING,
      code: 1,
      conflicts: [{ sub: subOf(8), reason: 'address_passed_on', workosUserId: idOf(0) }],
    });
  });

  it('reports unverified_in_workos, and --fix links the user only with --take-over-unverified', async () => {
    cognito().put(poolUser(8));
    workos().register({ email: emailOf(8), password: 'chosen by a stranger' });
    expect(await conflicts(['--fix'])).toMatchObject([
      { sub: subOf(8), reason: 'unverified_in_workos', workosUserId: idOf(8) },
    ]);
    expect(await conflicts(['--fix', '--take-over-unverified'])).toEqual([]);
    expect(workos().verifyPassword(idOf(8), 'chosen by a stranger')).toBe(false);
    const { code, stderr } = await setting.run(['--take-over-unverified']);
    expect(code).toBe(2);
    expect(stderr).toContain('--fix');
  });

  it('reports foreign_external_id for an external id of the customer that is a UUID', async () => {
    workos().seedUser({ email: emailOf(8), email_verified: true, external_id: subOf(800) });
    cognito().put(poolUser(8));
    expect(await conflicts(['--fix'])).toMatchObject([{ reason: 'foreign_external_id' }]);
    expect(workos().userByEmail(emailOf(8))?.external_id).toBe(subOf(800));
  });

  it('reports in sync for users who have signed in at WorkOS, and counts those that differ', async () => {
    workos().signIn(idOf(0));
    workos().signIn(idOf(1));
    workos().updateUser(idOf(1), { email: 'mine@example.com', first_name: 'Mine' });
    expect(await setting.verify(['--fix'])).toMatchObject({
      ...NOTHING,
      code: 0,
      inSync: true,
      crossedOver: { count: 2, differing: 1 },
      fixed: 0,
    });
    const { stdout } = await setting.run(['--settle', '0']);
    expect(stdout).toMatch(/signed in at WorkOS +2/);
    expect(workos().userByEmail('mine@example.com')?.first_name).toBe('Mine');
  });
});

describe('verify of a pool without users', () => {
  it('exits with 2', async () => {
    const { code, stderr, stdout } = await setting.run(['--json', '--settle', '0']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/error: the user pool \S+ has no users: check --user-pool-id/);
  });
});

describe('verify --accept', () => {
  const write = async (...lines: unknown[]) => {
    const file = join(setting.directory, 'accept.jsonl');
    const toLine = (line: unknown) => (typeof line === 'string' ? line : JSON.stringify(line));
    await writeFile(file, lines.map(toLine).join('\n'));
    return ['--accept', file];
  };
  beforeEach(async () => {
    for (let n = 0; n < 4; n++) cognito().put(poolUser(n));
    await setting.seed();
    cognito().update(subOf(1), { Enabled: false });
    cognito().remove(subOf(2));
  });

  it('reports in sync when all findings are accepted, and shows their notes', async () => {
    const accept = await write(
      { sub: subOf(1), reason: 'disabled_in_cognito', note: 'deleted by hand on Monday' },
      '',
      { workosUserId: idOf(2), reason: 'extra', note: 'a test account' },
    );
    const { code, inSync, accepted, ...rest } = await setting.verify(accept);
    expect({ code, inSync }).toEqual({ code: 0, inSync: true });
    expect(rest).toMatchObject(NOTHING);
    expect(accepted).toMatchObject({
      count: 2,
      items: [
        { sub: subOf(1), reason: 'disabled_in_cognito', note: 'deleted by hand on Monday' },
        { workosUserId: idOf(2), reason: 'extra', note: 'a test account' },
      ],
    });
    const { stdout } = await setting.run(['--settle', '0', ...accept]);
    expect(stdout).toContain('a test account');
  });

  it('accepts no finding with another reason or of another user', async () => {
    const accept = await write(
      { sub: subOf(1), reason: 'unverified_email', note: 'not the reason' },
      { sub: subOf(3), reason: 'disabled_in_cognito', note: 'not the user' },
      { sub: subOf(1), workosUserId: idOf(3), reason: 'disabled_in_cognito', note: 'not both' },
    );
    expect(await setting.verify(accept)).toMatchObject({
      code: 1,
      conflicts: [{ sub: subOf(1) }],
      extra: [{ workosUserId: idOf(2) }],
      accepted: { count: 0 },
    });
  });

  it.each([
    ['text that is not JSON', 'nonsense'],
    ['an unknown reason', { sub: subOf(1), reason: 'whatever', note: 'x' }],
    ['no note', { sub: subOf(1), reason: 'extra' }],
    ['no user', { reason: 'extra', note: 'x' }],
    ['a misspelt key', { sub: subOf(1), reason: 'extra', note: 'x', workosuserid: 'y' }],
  ])('refuses a file with %s, and names the line', async (_, line) => {
    const accept = await write({ sub: subOf(1), reason: 'extra', note: 'fine' }, line);
    const { code, stderr } = await setting.run(accept);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--accept .*accept\.jsonl, line 2: each line has to be like/);
  });

  it('refuses a file that does not exist', async () => {
    const { code, stderr } = await setting.run(['--accept', 'missing.jsonl']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--accept missing\.jsonl cannot be read \(ENOENT\)/);
  });
});
