import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StrictUser } from '../../local/emulators/workos.ts';
import { poolUser, subOf } from '../fixtures/pool-users.ts';
import { expectOneErrorLine } from '../rigs/one-error-line.ts';
import { type ResetSetting, startResetSetting } from '../rigs/reset-run.ts';

let setting: ResetSetting;
beforeEach(async () => {
  setting = await startResetSetting({
    cognito: { pageSize: (page) => [60, 3, 0, 7][page % 4] ?? 60 },
  });
});
afterEach(async () => {
  const { requests, schemaViolations } = setting.workos.control;
  await setting.close();
  expect(schemaViolations).toEqual([]);
  const writes = requests.filter(({ method }) => method !== 'GET');
  const others = writes.filter(({ path }) => path !== '/user_management/password_reset');
  for (const { body } of others) {
    expect(body).toEqual({ metadata: { cognito_reset_mailed_at: expect.toSatisfy(isTimeOrNull) } });
  }
});
const workos = () => setting.workos.control;
const cognito = () => setting.cognito.control;
const fast = ['--rate', '500', '--json'];
const send = [...fast, '--send', '--all', '--yes'];
const state = () => join(setting.directory, `reset-passwords-${setting.cognito.userPoolId}.sqlite`);
const google = JSON.stringify([
  { userId: 'g', providerName: 'Google', providerType: 'Google', primary: false },
]);

/** The tags of a native user with other profiles. */
const linkedTo = (...others: number[]) => ({
  cognito_pool: setting.cognito.userPoolId,
  cognito_auth: 'password',
  cognito_linked_subs: others.map(subOf).join(','),
});

/** Puts every kind of profile into the pool. @returns the WorkOS users who should get a mail. */
function putEveryKind(): StrictUser[] {
  const { both } = setting;
  const eligible = [
    both(0),
    both(1, {}, { UserStatus: 'RESET_REQUIRED' }),
    both(2, {}, { UserStatus: 'FORCE_CHANGE_PASSWORD' }),
    both(3, { identities: google }),
    both(4, { email: 'Mixed.Case@Example.com' }, {}, { email: 'mixed.case@example.com' }),
    // One person with three profiles: two native ones and a federated one.
    both(5, {}, {}, { metadata: linkedTo(6, 7) }),
  ];
  cognito().put(poolUser(6, { email: 'user-5@example.com' }));
  cognito().put(poolUser(7, { email: 'user-5@example.com' }, { UserStatus: 'EXTERNAL_PROVIDER' }));
  both(10, { identities: google }, { UserStatus: 'EXTERNAL_PROVIDER' });
  both(11, {}, { Enabled: false });
  both(12, {}, { UserStatus: 'UNCONFIRMED' });
  both(13, {}, { UserStatus: 'ARCHIVED' });
  cognito().put(poolUser(14, { email: '' }));
  cognito().put(poolUser(15));
  both(16, { email_verified: 'false' }, {}, { email_verified: true });
  both(17, {}, {}, { email: 'somebody-else@example.com' });
  both(18, {}, {}, { email_verified: false });
  // A WorkOS user without a profile in this pool.
  workos().seedUser({ email: 'customer@example.com', email_verified: true });
  return eligible;
}

const SKIPPED = {
  federated_only: 2,
  disabled: 1,
  unconfirmed: 1,
  other_status: 1,
  no_email: 1,
  not_in_workos: 1,
  email_unverified: 1,
  email_differs: 1,
  email_unverified_in_workos: 1,
};
const NO_USER = { count: 0, items: [] };

describe('reset-passwords --send, with accounts in conflict', () => {
  it('mails no user whose address was passed on, or who is linked to another person', async () => {
    const { both } = setting;
    // Alice has another address and has not signed in since; Bob has her old one, and version 0.1 linked him.
    both(
      0,
      { email: 'alice@example.com' },
      {},
      { email: 'passed@example.com', metadata: linkedTo(1) },
    );
    cognito().put(poolUser(1, { email: 'passed@example.com' }));
    // The former holder was deleted.
    workos().seedUser({
      email: 'gone@example.com',
      email_verified: true,
      external_id: subOf(2),
      metadata: linkedTo(3),
    });
    cognito().put(poolUser(3, { email: 'gone@example.com' }));
    // The address was verified in WorkOS and never in Cognito.
    both(
      4,
      { email_verified: 'false' },
      {},
      {
        email_verified: true,
        metadata: { ...linkedTo(), cognito_auth: 'password+unverified' },
      },
    );
    const told = JSON.parse((await setting.run([...send, '--include-unverified'])).stdout);
    expect(told.skipped).toEqual({ email_differs: 1, not_in_workos: 1, in_conflict: 2 });
    expect(setting.mailed()).toEqual([]);
  });
});

describe('password-reset mails', () => {
  it('go to unverified addresses only with --include-unverified', async () => {
    const unverified = setting.both(0, { email_verified: 'false' });
    setting.both(1, { email_verified: 'false' }, {}, { email: 'somebody-else@example.com' });
    const careful = JSON.parse((await setting.run(send)).stdout);
    expect(careful.skipped).toEqual({ email_unverified: 2 });
    expect(setting.mailed()).toEqual([]);
    const told = JSON.parse((await setting.run([...send, '--include-unverified'])).stdout);
    expect(told.skipped).toEqual({ email_differs: 1 });
    expect(setting.mailed()).toEqual([unverified.id]);
  });

  it('are not sent without --send, which prints a preview and leaves no file', async () => {
    const eligible = putEveryKind();
    const { stdout, code } = await setting.run(fast);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      sending: false,
      read: 17,
      eligible: 6,
      sameUser: 1,
      sent: 0,
      remaining: 6,
      wouldSend: 6,
      skipped: SKIPPED,
      requests: { writes: 0 },
    });
    expect(JSON.parse(stdout).sample.items).toContainEqual({
      sub: subOf(0),
      workosUserId: eligible[0]?.id,
      email: 'u•••@example.com',
    });
    expect(stdout).not.toContain('user-0@');
    expect(await readdir(setting.directory)).toEqual([]);
    expect(setting.mailed()).toEqual([]);
    const text = await setting.run([]);
    expect(text.stdout).toMatch(/Nothing was sent/);
    expect(text.stdout).toMatch(/npx cws seed/);
    expect(setting.mailed()).toEqual([]);
  });

  it('go once to every user who signs in with a password, and to no other user', async () => {
    const eligible = putEveryKind();
    const { stdout, stderr, code } = await setting.run([...send, '--report', 'report.jsonl']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      sending: true,
      ended: 'complete',
      read: 17,
      eligible: 6,
      sameUser: 1,
      sent: 6,
      alreadySent: 0,
      inDoubt: NO_USER,
      notAllowed: NO_USER,
      failed: NO_USER,
      skipped: SKIPPED,
      remaining: 0,
    });
    expect(setting.mailed().sort()).toEqual(eligible.map(({ id }) => id).sort());
    expect(stderr).toMatch(/Sending 6 password-reset mails/);

    const again = await setting.run(send);
    expect(JSON.parse(again.stdout)).toMatchObject({ eligible: 6, sent: 0, alreadySent: 6 });
    const preview = JSON.parse((await setting.run(fast)).stdout);
    expect(preview).toMatchObject({ alreadySent: 6, wouldSend: 0 });
    expect(setting.mailed()).toHaveLength(6);

    const lines = (await readFile(join(setting.directory, 'report.jsonl'), 'utf8')).trim();
    const report = lines.split('\n').map((line) => JSON.parse(line));
    expect(report).toHaveLength(17);
    const [first, , , , , twin] = eligible;
    expect(report).toContainEqual({ sub: subOf(0), workosUserId: first?.id, outcome: 'sent' });
    expect(report).toContainEqual({ sub: subOf(6), workosUserId: twin?.id, outcome: 'same_user' });
    expect(report).toContainEqual({ sub: subOf(15), outcome: 'skipped', reason: 'not_in_workos' });
    for (const file of ['report.jsonl', state()]) {
      const path = file === state() ? file : join(setting.directory, file);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect(await readFile(path, 'latin1')).not.toMatch(/example.com|reset-token|sk_test/);
    }
    expect(stdout + stderr).not.toMatch(/reset-token|user-0@|sk_test/);
  });

  it('are not sent to users whose password was carried over, unless Cognito wants a new one of them', async () => {
    const { both } = setting;
    const carried = { metadata: { ...linkedTo(), cognito_auth: 'password+carried' } };
    both(0, {}, {}, carried);
    both(1, {}, {}, carried);
    const mailed = [
      both(2, {}, { UserStatus: 'RESET_REQUIRED' }, carried),
      both(3, {}, { UserStatus: 'FORCE_CHANGE_PASSWORD' }, carried),
      both(4),
    ];
    const preview = await setting.run(['--rate', '500']);
    expect(preview.stdout).toMatch(/people to be mailed, in all +3\n/);
    expect(preview.stdout).toMatch(/skipped: carried +2\n/);
    expect(preview.stdout).toContain('2 get no mail, carried: The password was carried over');
    const { stdout, code } = await setting.run([...send, '--report', 'report.jsonl']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ sent: 3, skipped: { carried: 2 } });
    expect(setting.mailed().sort()).toEqual(mailed.map(({ id }) => id).sort());
    const report = await readFile(join(setting.directory, 'report.jsonl'), 'utf8');
    expect(report).toContain('"outcome":"skipped","reason":"carried"');
  });

  it('are not sent again when the API key of the environment was rotated', async () => {
    putEveryKind();
    await setting.run([...send, '--limit', '2']);
    workos().setKey('sk_rotated');
    const { stdout } = await setting.run(send, { WORKOS_API_KEY: 'sk_rotated' });
    expect(JSON.parse(stdout)).toMatchObject({ sent: 4, alreadySent: 2 });
    expect(new Set(setting.mailed()).size).toBe(6);
    expect(setting.mailed()).toHaveLength(6);
  });

  it('stop at --limit, and the next run sends the rest', async () => {
    for (let n = 0; n < 30; n++) setting.both(n);
    const first = await setting.run([...send, '--limit', '7']);
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({ sent: 7, remaining: 23, ended: 'limit' });
    expect(setting.mailed()).toHaveLength(7);
    const preview = JSON.parse((await setting.run([...fast, '--limit', '3'])).stdout);
    expect(preview).toMatchObject({ remaining: 23, wouldSend: 3 });
    const rest = JSON.parse((await setting.run(send)).stdout);
    expect(rest).toMatchObject({ sent: 23, alreadySent: 7, remaining: 0 });
    expect(new Set(setting.mailed()).size).toBe(30);
    expect(setting.mailed()).toHaveLength(30);
  });

  it('are not sent to users who changed since the listing', async () => {
    const [gone, moved] = [setting.both(0), setting.both(1)];
    for (const n of [2, 3, 4, 5]) setting.both(n);
    let asked = 0;
    workos().onRequest = ({ method, path }) => {
      if (method === 'GET' && path.endsWith(gone.id)) return { kind: 'status', status: 404 };
      return undefined;
    };
    cognito().onRequest = ({ action }) => {
      // Right before the first mail, when both sides have been listed.
      if (action === 'AdminGetUser' && ++asked === 1) {
        cognito().update(subOf(1), { attributes: { email: 'moved@example.com' } });
        cognito().update(subOf(2), { Enabled: false });
        cognito().update(subOf(3), { attributes: { email_verified: 'false' } });
        cognito().remove(subOf(4));
      }
      return undefined;
    };
    const { stdout, code } = await setting.run(send);
    expect(code).toBe(1);
    const { failed, sent } = JSON.parse(stdout);
    expect(sent).toBe(1);
    expect(failed.items).toEqual([
      { workosUserId: gone.id, sub: subOf(0), reason: 'deleted_in_workos' },
      { workosUserId: moved.id, sub: subOf(1), reason: 'email_differs' },
      expect.objectContaining({ sub: subOf(2), reason: 'disabled' }),
      expect.objectContaining({ sub: subOf(3), reason: 'email_unverified' }),
      expect.objectContaining({ sub: subOf(4), reason: 'deleted_in_cognito' }),
    ]);
    expect(setting.mailed()).toEqual([workos().userByEmail('user-5@example.com')?.id]);
  });

  it('are sent without permission for AdminGetUser, with a warning', async () => {
    cognito().denied.add('AdminGetUser');
    for (let n = 0; n < 5; n++) setting.both(n);
    const { stdout, stderr } = await setting.run(send);
    expect(JSON.parse(stdout)).toMatchObject({ sent: 5 });
    expect(stderr).toMatch(/cognito-idp:AdminGetUser/);
  });
});

describe('reset-passwords --only', () => {
  const only = async (text: string) => {
    await writeFile(join(setting.directory, 'only.txt'), text);
    return ['--only', 'only.txt'];
  };

  it('mails the users named by sub, WorkOS user id or email, and reports the others in the file', async () => {
    putEveryKind();
    const users = workos().users();
    const third = users.find(({ external_id }) => external_id === subOf(3));
    const file = [
      '\uFEFF# the team first',
      '',
      `${subOf(0).toUpperCase()}  # Ada`,
      'USER-1@EXAMPLE.COM\r',
      `${third?.id}`,
      `${subOf(0)}`,
      'nobody@example.com',
      `${subOf(10)}`,
    ];
    const args = await only(file.join('\n'));
    const preview = JSON.parse((await setting.run([...fast, ...args])).stdout);
    expect(preview).toMatchObject({ wouldSend: 3 });
    const { stdout, code } = await setting.run([...send, ...args]);
    expect(code).toBe(1);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ read: 17, eligible: 3, sent: 3, skipped: { not_in_file: 13 } });
    expect(result.only).toEqual({
      entries: 5,
      unknown: { count: 1, items: [7] },
      notEligible: {
        count: 1,
        items: [expect.objectContaining({ sub: subOf(10), reason: 'federated_only' })],
      },
    });
    const emails = workos().resets.map(({ email }) => email);
    expect(emails.sort()).toEqual([0, 1, 3].map((n) => `user-${n}@example.com`));
  });

  it.each([
    ['a line that names no user', `${subOf(1)}\nAda Lovelace\n\nx`, /line 2, 4: neither a sub/],
    ['no user', '# later\n', /names no user/],
    ['a binary file', '\0\u0001\u0002', /line 1/],
  ])('refuses a file with %s, and sends nothing', async (_, text, error) => {
    setting.both(1);
    const { code, stdout, stderr } = await setting.run([...send, ...(await only(text))]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(error);
    expect(stderr).not.toMatch(/Lovelace/);
    expect(setting.mailed()).toEqual([]);
  });
});

describe('reset-passwords --send, when WorkOS refuses', () => {
  it('lists a user who may not reset a password, and asks again only when --only names the user', async () => {
    const user = setting.both(0);
    setting.both(1);
    workos().resetRules.notAllowed.add(user.id);
    const { stdout, code } = await setting.run(send);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      sent: 1,
      notAllowed: {
        count: 1,
        items: [{ workosUserId: user.id, sub: subOf(0), reason: 'password_reset_not_allowed' }],
      },
    });
    workos().clear();
    const again = await setting.run(send);
    expect(again.code).toBe(1);
    expect(JSON.parse(again.stdout)).toMatchObject({ alreadySent: 1, notAllowed: { count: 1 } });
    expect(workos().countRequests().writes).toBe(0);

    workos().resetRules.notAllowed.clear();
    await writeFile(join(setting.directory, 'only.txt'), user.id);
    await setting.run([...send, '--only', 'only.txt']);
    expect(setting.mailed()).toEqual([user.id]);
  });

  it('stops at the daily quota, and the next run sends the rest', async () => {
    for (let n = 0; n < 40; n++) setting.both(n);
    workos().resetRules.dailyQuota = 9;
    const { stdout, stderr, code } = await setting.run(send);
    expect(code).toBe(1);
    expect(stderr).toMatch(/daily quota.*same command again tomorrow/);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ sent: 9, remaining: 31, ended: 'quota', inDoubt: NO_USER });
    const posts = workos().requests.filter(({ method }) => method === 'POST');
    expect(posts.length).toBeLessThan(40);
    workos().resetRules.dailyQuota = Number.POSITIVE_INFINITY;
    expect(JSON.parse((await setting.run(send)).stdout)).toMatchObject({ sent: 31 });
    expect(new Set(setting.mailed()).size).toBe(40);
    expect(setting.mailed()).toHaveLength(40);
  });

  it('waits for the Retry-After of a 429, and leaves out no user', async () => {
    for (let n = 0; n < 10; n++) setting.both(n);
    let refused = 0;
    workos().onRequest = ({ method }) =>
      method === 'POST' && ++refused <= 3
        ? { kind: 'status', status: 429, headers: { 'retry-after': '1' } }
        : undefined;
    const { stdout, stderr, code } = await setting.run(send);
    expect(code).toBe(0);
    expect(stderr).toMatch(/all requests wait 1 s/);
    expect(JSON.parse(stdout)).toMatchObject({ sent: 10, inDoubt: NO_USER });
    expect(new Set(setting.mailed()).size).toBe(10);
  });

  it.each([
    ['the key is refused', { status: 401, body: { message: 'Unauthorized' } }, /API key/],
    ['the key lacks a permission', { status: 403, body: { message: 'Forbidden' } }, /API key/],
    [
      'signing in with a password is switched off',
      { status: 403, body: { code: 'email_password_auth_disabled', message: '' } },
      /signing in with a password is switched off/,
    ],
  ])('stops with exit code 2 and no user in doubt when %s', async (_, answer, error) => {
    for (let n = 0; n < 30; n++) setting.both(n);
    workos().onRequest = ({ method }) =>
      method === 'POST' && setting.mailed().length >= 5 ? { kind: 'status', ...answer } : undefined;
    const { code, stdout, stderr } = await setting.run([...send, '--rate', '60']);
    expect(code).toBe(2);
    expect(stderr.trim().split('\n').at(-1)).toMatch(error);
    expect(stdout).toBe('');
    workos().onRequest = undefined;
    const listed = JSON.parse((await setting.run(['--json'])).stdout);
    const { alreadySent: sent, remaining, inDoubt } = listed;
    expect(inDoubt).toEqual(NO_USER);
    expect(sent + remaining).toBe(30);
    expect(sent).toBe(setting.mailed().length);
  });

  it('reports a refused user as failed with the code, and tries again in the next run', async () => {
    const [refused, gone] = [setting.both(0), setting.both(1)];
    setting.both(2);
    const answers: Record<string, object> = {
      [refused.email]: { status: 422, body: { code: 'invalid_request_parameters', message: '' } },
      [gone.email]: { status: 404, body: { message: 'not found' } },
    };
    workos().onRequest = ({ method, body }) => {
      const answer = method === 'POST' && answers[(body as { email: string }).email];
      return answer ? ({ kind: 'status', status: 0, ...answer } as const) : undefined;
    };
    const { stdout, code } = await setting.run(send);
    expect(code).toBe(1);
    const result = JSON.parse(stdout);
    expect(result.sent).toBe(1);
    expect(result.failed.items.map(({ reason }: { reason: string }) => reason)).toEqual([
      'invalid_request_parameters',
      'deleted_in_workos',
    ]);
    workos().onRequest = undefined;
    expect(JSON.parse((await setting.run(send)).stdout)).toMatchObject({ sent: 2, alreadySent: 1 });
  });
});

describe('reset-passwords, when it cannot run', () => {
  beforeEach(() => {
    setting.both(1);
  });
  afterEach(() => {
    expect(setting.mailed()).toEqual([]);
  });

  it.each([
    ['a malformed pool id', ['--user-pool-id', 'my pool'], {}, /looks like/],
    [
      'a pool that does not exist',
      ['--user-pool-id', 'eu-central-1_Other0001'],
      {},
      /eu-central-1_Other0001/,
    ],
    ['a rate of 0', ['--rate', '0'], {}, /--rate/],
    ['an infinite rate', ['--rate', 'Infinity'], {}, /--rate/],
    ['a limit of 0', ['--limit', '0'], {}, /--limit/],
    ['a limit of 1.5', ['--limit', '1.5'], {}, /--limit/],
    ['a negative limit', ['--limit=-1'], {}, /--limit/],
    ['an unknown option', ['--resend'], {}, /--resend/],
    ['an unexpected argument', ['everybody'], {}, /argument/],
    ['a missing --only file', ['--only', 'nowhere'], {}, /--only nowhere cannot be read/],
    ['a folder for --only', ['--only', '.'], {}, /--only \. cannot be read/],
    ['a state file in a missing folder', ['--state', 'no/such/state'], {}, /--state/],
    ['a folder for --state', ['--state', '.'], {}, /not a file/],
    ['a device for --state', ['--state', '/dev/null'], {}, /not a file/],
    ['an empty --state', ['--state', ''], {}, /--state names no file/],
    ['a report in a missing folder', ['--report', 'no/such/report'], {}, /--report/],
    [
      'one file for state and report',
      ['--state', 'x', '--report', './x'],
      {},
      /name the same file/,
    ],
    ['a wrong key', [], { WORKOS_API_KEY: 'sk_wrong' }, /refused the API key/],
    ['no key', [], { WORKOS_API_KEY: '' }, /WORKOS_API_KEY is not set/],
  ])(
    'exits with 2 and one error line, before any mail is sent, for %s',
    async (_, args, env, line) => {
      expectOneErrorLine(await setting.run([...send, ...args], env), line);
    },
  );

  it('exits with 2 for a missing permission', async () => {
    cognito().denied.add('ListUsers');
    const { code, stderr } = await setting.run(send);
    expect(code).toBe(2);
    expect(stderr).toMatch(/cognito-idp:ListUsers/);
  });
});

describe('the state file of reset-passwords', () => {
  it('is refused, and unchanged, when it belongs to another WorkOS environment', async () => {
    setting.both(1);
    await setting.run(send);
    const other = await startResetSetting();
    try {
      other.workos.control.seedUser({ id: 'user_01OTHER', email: 'user-1@example.com' });
      other.cognito.control.put(poolUser(1));
      for (const args of [send, fast]) {
        const { code, stderr } = await other.run([...args, '--state', state()]);
        expect(code).toBe(2);
        expect(stderr).toMatch(/none of the 1 users in the state file is in this WorkOS/);
      }
      expect(other.mailed()).toEqual([]);
    } finally {
      await other.close();
    }
    expect(JSON.parse((await setting.run(send)).stdout)).toMatchObject({ alreadySent: 1, sent: 0 });
  });

  it('is refused, and unchanged, when it belongs to another pool or another program', async () => {
    setting.both(1);
    await setting.run(send);
    const other = ['--user-pool-id', 'eu-central-1_Other0001', '--state', state()];
    expect((await setting.run([...send, ...other])).stderr).toMatch(/belongs to the user pool/);

    const seeded = await setting.runOther('seed', ['--state', 'seed.sqlite']);
    expect(seeded.code).toBe(0);
    workos().requests.length = 0;
    const { stderr } = await setting.run([...send, '--state', 'seed.sqlite']);
    expect(stderr).toMatch(/something else than the notes of reset-passwords/);
    await writeFile(join(setting.directory, 'diary'), 'Dear diary, '.repeat(500));
    expect((await setting.run([...send, '--state', 'diary'])).stderr).toMatch(/--state/);
    expect(await readFile(join(setting.directory, 'diary'), 'utf8')).toMatch(/^Dear diary/);
    expect(setting.mailed()).toHaveLength(1);
  });

  it('is refused while another run uses it', async () => {
    for (let n = 0; n < 5; n++) setting.both(n);
    workos().onRequest = ({ method }) => (method === 'POST' ? { kind: 'hang' } : undefined);
    const first = setting.start(send);
    while (!workos().requests.some(({ method }) => method === 'POST')) await delay(5);
    workos().onRequest = undefined;
    for (const args of [send, fast]) {
      const second = await setting.run(args);
      expect(second.code).toBe(2);
      expect(second.stderr).toMatch(/another run is using the state file/);
    }
    first.kill('SIGKILL');
    await first.ended;
    expect(existsSync(state())).toBe(true);
  });
});

function isTimeOrNull(value: unknown): boolean {
  return value === null || (typeof value === 'string' && !Number.isNaN(Date.parse(value)));
}
