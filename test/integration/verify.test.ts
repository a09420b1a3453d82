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
const idOf = (n: number) => workos().userByEmail(emailOf(n))?.id;
const NOTHING = { missing: [], stale: [], conflicts: [], extra: [], failed: [] };

/** A profile through Google with the email of the n-th user. */
function twinOf(n: number, twin: number, attributes: Record<string, string> = {}) {
  const { identities, ...partial } = throughGoogle(`g-${twin}`);
  return poolUser(twin, { email: emailOf(n), identities, ...attributes }, partial);
}

describe('verify', () => {
  beforeEach(async () => {
    for (let n = 0; n < 30; n++) cognito().put(poolUser(n));
    cognito().put(poolUser(30, {}, { UserStatus: 'UNCONFIRMED' }));
    cognito().put(poolUser(31, {}, { Enabled: false }));
    cognito().put(poolUser(32, { email: '' }));
    await setting.seed();
    workos().seedUser({ email: 'customer@example.com', metadata: { plan: 'gold' } });
    workos().seedUser({
      email: 'other-pool@example.com',
      external_id: 'other',
      metadata: { cognito_pool: 'eu-central-1_Other0001' },
    });
    workos().clear();
  });

  it('reports in sync when both sides agree', async () => {
    const { code, ...result } = await setting.verify();
    expect(result).toMatchObject({
      ...NOTHING,
      inSync: true,
      complete: true,
      checked: 33,
      workosUsers: 32,
      skipped: { unconfirmed: 1, disabled: 1, no_email: 1 },
      skippedInWorkos: [],
    });
    expect(code).toBe(0);
    expect(workos().countRequests().writes).toBe(0);
  });

  async function drift(): Promise<void> {
    cognito().put(poolUser(40));
    cognito().put(poolUser(41));
    cognito().update(subOf(1), { attributes: { family_name: 'Changed' } });
    cognito().update(subOf(2), { attributes: { email: 'moved@example.com' } });
    await setting.edit(emailOf(3), { metadata: { cognito_auth: 'federated' } });
    cognito().update(subOf(4), { attributes: { email: 'customer@example.com' } });
    cognito().put(poolUser(42, { email: emailOf(5), email_verified: 'false' }));
    cognito().remove(subOf(6));
    cognito().update(subOf(7), { Enabled: false });
    workos().clear();
  }

  it('reports every kind of drift, by ids alone', async () => {
    await drift();
    const { code, requests, ...result } = await setting.verify();
    expect(code).toBe(1);
    expect(result).toMatchObject({
      inSync: false,
      missing: [{ sub: subOf(40) }, { sub: subOf(41) }],
      stale: [
        { sub: subOf(1), workosUserId: idOf(1), fields: ['last_name'] },
        { sub: subOf(2), workosUserId: idOf(2), fields: ['email'] },
        { sub: subOf(3), workosUserId: idOf(3), fields: ['metadata.cognito_auth'] },
      ],
      conflicts: [
        {
          sub: subOf(4),
          reason: 'email_taken',
          workosUserId: workos().userByEmail('customer@example.com')?.id,
        },
        { sub: subOf(7), reason: 'disabled_in_cognito', workosUserId: idOf(7) },
        {
          sub: subOf(42),
          reason: 'unverified_email',
          workosUserId: idOf(5),
          holderExternalId: subOf(5),
        },
      ],
      extra: [{ workosUserId: idOf(6), externalId: subOf(6) }],
      failed: [],
      skipped: { unconfirmed: 1, disabled: 1, no_email: 1 },
      skippedInWorkos: [],
    });
    expect(JSON.stringify(result)).not.toContain('@');
    expect(requests.writes).toBe(0);
  });

  it('repairs what the mirror can with --fix, and reports the rest', async () => {
    await drift();
    const before = workos().users().length;
    const { code, ...result } = await setting.verify(['--fix']);
    expect(code).toBe(1);
    expect(result).toMatchObject({ fixed: 5, inSync: false, missing: [], stale: [] });
    expect(result.conflicts).toHaveLength(3);
    expect(result.extra).toHaveLength(1);
    expect(workos().users()).toHaveLength(before + 2);
    expect(workos().userByEmail(emailOf(1))?.last_name).toBe('Changed');
    expect(workos().userByEmail('moved@example.com')?.external_id).toBe(subOf(2));
  });

  it('prints each kind of drift with examples and advice, and emails only with --show-emails', async () => {
    await drift();
    const { code, stdout } = await setting.run(['--settle', '0']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^NOT in sync: 35 Cognito users checked, 32 WorkOS users listed/);
    for (const text of [/missing +2/, /stale +3/, /conflicts +3/, /extra +1/, /--fix/, /decide/]) {
      expect(stdout).toMatch(text);
    }
    expect(stdout).toContain(subOf(40));
    expect(stdout).not.toContain('@');
    const shown = await setting.run(['--settle', '0', '--show-emails']);
    expect(shown.stdout).toContain(emailOf(40));
  });
});

describe('verify, with passwords that were carried over', () => {
  const carried = { metadata: { cognito_auth: 'password+carried' } };
  beforeEach(async () => {
    for (let n = 0; n < 8; n++) cognito().put(poolUser(n));
    await setting.seed();
  });

  it('counts who keeps the password, and the mails that remain', async () => {
    for (const n of [0, 1, 2]) await setting.edit(emailOf(n), carried);
    cognito().put(twinOf(2, 20));
    await setting.seed();
    // An administrator has invalidated this password in Cognito.
    cognito().update(subOf(1), { UserStatus: 'RESET_REQUIRED' });
    const { mails } = await setting.verify();
    const notMailed = { carried: 2 };
    expect(mails).toEqual({ people: 8, kept: 2, keptShare: 0.25, mailed: 6, notMailed });
    const { stdout } = await setting.run(['--settle', '0']);
    expect(stdout).toContain(
      'Passwords: 2 of 8 people with a password keep theirs (25 %); 6 reset mails remain',
    );
  });

  it('says that everybody needs a new one where none was', async () => {
    const { stdout } = await setting.run(['--settle', '0']);
    expect(stdout).toContain(
      'Passwords: 8 people with a password need a new one; 8 reset mails remain',
    );
  });
});

describe('verify, with two profiles of one person', () => {
  it.each([
    ['native', [poolUser(0), twinOf(0, 1)]],
    ['federated', [twinOf(0, 1), poolUser(0)]],
  ])('reports the person as missing once when the %s profile is listed first', async (_, both) => {
    for (const profile of both) cognito().put(profile);
    const found = await setting.verify();
    expect(found.missing).toEqual([{ sub: subOf(0), otherSubs: [subOf(1)] }]);
    const fixed = await setting.verify(['--fix']);
    expect(fixed).toMatchObject({ ...NOTHING, inSync: true, fixed: 2, code: 0 });
    expect(workos().users()).toMatchObject([
      { external_id: subOf(0), metadata: { cognito_linked_subs: subOf(1) } },
    ]);
  });

  it('reports a profile that is not linked yet as stale, not as missing', async () => {
    cognito().put(poolUser(0));
    await setting.seed();
    cognito().put(twinOf(0, 1));
    const { missing, stale, extra } = await setting.verify();
    expect({ missing, extra }).toEqual({ missing: [], extra: [] });
    expect(stale).toMatchObject([{ sub: subOf(1), workosUserId: idOf(0) }]);
    expect(stale[0].fields).toContain('metadata.cognito_linked_subs');
    expect(await setting.verify(['--fix'])).toMatchObject({ ...NOTHING, inSync: true });
  });

  it('reports external_id as stale when a native profile appears, and --fix makes it the primary', async () => {
    cognito().put(twinOf(0, 1));
    await setting.seed();
    cognito().put(poolUser(0));
    const { stale } = await setting.verify();
    expect(stale).toMatchObject([{ sub: subOf(0) }]);
    expect(stale[0].fields).toContain('external_id');
    expect(await setting.verify(['--fix'])).toMatchObject({ ...NOTHING, inSync: true });
    expect(workos().users()).toMatchObject([{ external_id: subOf(0) }]);
  });

  it('reports primary_gone, and no extra user, when the primary profile was deleted', async () => {
    cognito().put(poolUser(0));
    cognito().put(twinOf(0, 1));
    await setting.seed();
    cognito().remove(subOf(0));
    expect(await setting.verify(['--fix'])).toMatchObject({
      ...NOTHING,
      inSync: false,
      conflicts: [
        {
          sub: subOf(1),
          reason: 'primary_gone',
          workosUserId: idOf(0),
          holderExternalId: subOf(0),
        },
      ],
    });
  });

  it('reports in sync, and counts the profile, when a linked profile was deleted', async () => {
    cognito().put(poolUser(0));
    cognito().put(twinOf(0, 1));
    await setting.seed();
    cognito().remove(subOf(1));
    expect(await setting.verify()).toMatchObject({ ...NOTHING, inSync: true, goneLinkedSubs: 1 });
  });

  it('reports address_passed_on when the first profile was deleted before the second was linked', async () => {
    cognito().put(twinOf(0, 1));
    await setting.seed();
    cognito().remove(subOf(1));
    cognito().put(poolUser(0));
    expect(await setting.verify(['--fix'])).toMatchObject({
      ...NOTHING,
      conflicts: [{ sub: subOf(0), reason: 'address_passed_on', holderExternalId: subOf(1) }],
    });
  });

  it('reports the WorkOS user as extra when both profiles were deleted', async () => {
    cognito().put(poolUser(0));
    cognito().put(twinOf(0, 1));
    await setting.seed();
    cognito().put(poolUser(2));
    await setting.seed();
    cognito().remove(subOf(0));
    cognito().remove(subOf(1));
    expect(await setting.verify()).toMatchObject({
      ...NOTHING,
      extra: [{ workosUserId: idOf(0), externalId: subOf(0) }],
    });
  });

  it('reports a user as stale whose address a squatter holds, and the squatter in conflict after --fix', async () => {
    cognito().put(poolUser(1, { email: emailOf(0), email_verified: 'false' }));
    await setting.seed();
    cognito().put(poolUser(0));
    const found = await setting.verify();
    expect(found).toMatchObject({ missing: [], conflicts: [], stale: [{ sub: subOf(0) }] });
    expect(await setting.verify(['--fix'])).toMatchObject({
      stale: [],
      conflicts: [{ sub: subOf(1), reason: 'unverified_email', holderExternalId: subOf(0) }],
    });
  });
});
