import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalQueue, startQueue } from '../../local/emulators/sqs.ts';
import type { StrictUser } from '../../local/emulators/workos.ts';
import { poolUser, subOf, throughGoogle } from '../fixtures/pool-users.ts';
import { closeAndCheckRequests } from '../rigs/close-and-check.ts';
import { exportUsers } from '../rigs/exported-users.ts';
import { expectOneErrorLine } from '../rigs/one-error-line.ts';
import { startVerifySetting, type VerifySetting } from '../rigs/verify-run.ts';

let setting: VerifySetting;
beforeEach(async () => {
  setting = await startVerifySetting();
});
afterEach(() => closeAndCheckRequests(setting));
const workos = () => setting.workos.control;
const cognito = () => setting.cognito.control;
const emailOf = (n: number) => `user-${n}@example.com`;
const NOTHING = { missing: [], stale: [], conflicts: [], extra: [], failed: [] };

/** The n-th user as the mirror creates it in WorkOS. */
function mirrored(n: number, partial: Partial<StrictUser> = {}): Partial<StrictUser> {
  return {
    email: emailOf(n),
    email_verified: true,
    first_name: `Given${n}`,
    last_name: `Family${n}`,
    external_id: subOf(n),
    ...partial,
    metadata: {
      cognito_pool: setting.cognito.userPoolId,
      cognito_auth: 'password',
      cognito_synced_at: '2026-01-01T00:00:00.000Z',
      ...partial.metadata,
    },
  };
}

function inSync(count: number): void {
  for (let n = 0; n < count; n++) {
    cognito().put(poolUser(n));
    workos().seedUser(mirrored(n));
  }
}

/** Calls `act` when Cognito gets this request for the nth time, from 1. */
function onNthRequest(request: string, nth: number, act: () => void): void {
  let seen = 0;
  cognito().onRequest = ({ action, body }) => {
    const isFiltered = JSON.stringify(body).includes('"Filter"');
    const name = isFiltered ? `${action} of one` : action;
    if (name === request && ++seen === nth) act();
    return undefined;
  };
}

describe('a user who changes while verify runs', () => {
  beforeEach(() => inSync(5));

  it('is rechecked, and not missing, when it signs up and is mirrored during the listing', async () => {
    onNthRequest('ListUsers', 1, () => {
      cognito().put(poolUser(5));
      workos().seedUser(mirrored(5));
    });
    expect(await setting.verify()).toMatchObject({ ...NOTHING, inSync: true, checked: 6 });
  });

  it('is rechecked after a pause, and not missing, when its event was still in the queue', async () => {
    cognito().put(poolUser(5));
    const child = setting.start(['--json', '--settle', '2']);
    child.stderr?.on('data', (chunk) => {
      if (String(chunk).includes('rechecking each')) workos().seedUser(mirrored(5));
    });
    const { stdout, code } = await child.ended;
    expect(JSON.parse(stdout)).toMatchObject({ missing: { count: 0 }, inSync: true });
    expect(code).toBe(0);
  });

  it('is rechecked a third time, and not stale, when it changes after the listing and its event is in the queue', async () => {
    cognito().put(poolUser(5));
    let calls = 0;
    cognito().onRequest = ({ action }) => {
      if (action !== 'AdminGetUser') return undefined;
      if (++calls === 1) cognito().update(subOf(5), { attributes: { given_name: 'New' } });
      else workos().seedUser(mirrored(5, { first_name: 'New' }));
      return undefined;
    };
    expect(await setting.verify()).toMatchObject({ ...NOTHING, inSync: true });
  });

  it('is rechecked, and not missing, when it is deleted after the listing', async () => {
    cognito().put(poolUser(5));
    onNthRequest('AdminGetUser', 1, () => cognito().remove(subOf(5)));
    expect(await setting.verify()).toMatchObject({ ...NOTHING, inSync: true, checked: 5 });
  });

  it('is rechecked, and not extra, when the listing has left it out', async () => {
    cognito().remove(subOf(4));
    onNthRequest('ListUsers of one', 1, () => cognito().put(poolUser(4)));
    expect(await setting.verify()).toMatchObject({ ...NOTHING, inSync: true });
  });

  it('is counted as disabled, and not missing, when it is disabled after the listing', async () => {
    cognito().put(poolUser(5));
    onNthRequest('AdminGetUser', 1, () => cognito().update(subOf(5), { Enabled: false }));
    expect(await setting.verify()).toMatchObject({ ...NOTHING, skipped: { disabled: 1 } });
  });

  it('is not created by --fix when it is deleted before its fix', async () => {
    cognito().put(poolUser(5));
    // The recheck reads the user first, the fix second.
    onNthRequest('AdminGetUser', 2, () => cognito().remove(subOf(5)));
    expect(await setting.verify(['--fix'])).toMatchObject({ ...NOTHING, inSync: true, fixed: 0 });
    expect(workos().userByEmail(emailOf(5))).toBeUndefined();
  });

  it('is reported as listed, with a warning, when AdminGetUser is denied', async () => {
    for (let n = 5; n < 10; n++) cognito().put(poolUser(n));
    cognito().denied.add('AdminGetUser');
    const { code, stdout, stderr } = await setting.run(['--json', '--settle', '0']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).missing.items).toHaveLength(5);
    expect(stderr).toMatch(/allow cognito-idp:AdminGetUser/);
  });

  it('is not rechecked one by one when nearly every user differs', async () => {
    for (let n = 5; n < 305; n++) cognito().put(poolUser(n));
    const { missing, notLookedAtAgain, requests } = await setting.verify();
    expect(missing).toHaveLength(300);
    expect(notLookedAtAgain).toBe(300);
    expect(requests.reads).toBe(1);
    expect(cognito().requests.filter(({ action }) => action === 'AdminGetUser')).toEqual([]);
  });
});

describe('verify of a large pool', () => {
  const USERS = 5_000;
  beforeEach(() => inSync(USERS));

  it('sends at most 0.05 reads a user and no write, with drift and without', async () => {
    for (let n = 0; n < 50; n++) {
      cognito().update(subOf(n), { attributes: { given_name: 'Changed' } });
      cognito().put(poolUser(USERS + n));
    }
    const { requests, stale, missing } = await setting.verify(['--settle', '0.01']);
    expect({ stale: stale.length, missing: missing.length }).toEqual({ stale: 50, missing: 50 });
    // The banner reads one page more.
    expect(workos().countRequests()).toEqual({ reads: requests.reads + 1, writes: 0 });
    expect(requests.reads / USERS).toBeLessThanOrEqual(0.05);
    workos().clear();
    for (let n = 0; n < 50; n++) {
      cognito().update(subOf(n), { attributes: { given_name: `Given${n}` } });
      cognito().remove(subOf(USERS + n));
    }
    expect(await setting.verify()).toMatchObject({ inSync: true, checked: USERS });
    expect(workos().countRequests().reads / USERS).toBeLessThanOrEqual(0.05);
  });

  it('counts no user twice when the listing starts over', async () => {
    cognito().put(poolUser(USERS));
    onNthRequest('ListUsers', 40, () => cognito().expireTokens());
    const { checked, missing } = await setting.verify();
    expect({ checked, missing: missing.length }).toEqual({ checked: USERS + 1, missing: 1 });
  });

  it('reports in sync through errors of WorkOS and throttling by Cognito', async () => {
    workos().onRequest = ({ index }) => {
      if (index % 9 === 3) return { kind: 'status', status: 429, headers: { 'retry-after': '0' } };
      return index % 9 === 6 ? { kind: 'reset' } : undefined;
    };
    let calls = 0;
    cognito().onRequest = () =>
      ++calls % 10 === 0 ? { kind: 'error', type: 'TooManyRequestsException' } : undefined;
    expect(await setting.verify()).toMatchObject({ inSync: true, checked: USERS });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'never reports in sync, and leaves no temporary file, after a %s',
    async (signal) => {
      let calls = 0;
      cognito().onRequest = () => (++calls > 20 ? { kind: 'hang' } : undefined);
      const temporary = join(setting.directory, 'tmp');
      await mkdir(temporary);
      const child = setting.start(['--json'], { TMPDIR: temporary });
      while (calls <= 20) await new Promise((resolve) => setTimeout(resolve, 10));
      child.kill(signal);
      const { code, stdout, stderr } = await child.ended;
      expect(code).toBe(130);
      expect(JSON.parse(stdout)).toMatchObject({ inSync: false, complete: false });
      expect(stderr).toContain('Run the same command again');
      expect(await readdir(temporary)).toEqual([]);
    },
  );
});

describe('verify, with hostile values', () => {
  it('reports every user, and prints no email and no control character', async () => {
    const nasty = '\u001b[31m\n"\\\u0000ünïcödé <script>';
    cognito().put(poolUser(0, { given_name: nasty, name: nasty, email: emailOf(0) }));
    cognito().put(poolUser(1, {}, { Username: 'someone@example.com' }));
    cognito().put(poolUser(2, { email: 'NOBODY@EXAMPLE.com' }));
    cognito().put(poolUser(3));
    cognito().put(poolUser(4));
    cognito().put(poolUser(5));
    const pool = setting.cognito.userPoolId;
    workos().seedUser(mirrored(3, { external_id: 'me@example.com', metadata: {} }));
    workos().seedUser({ email: emailOf(4), external_id: `'; DROP TABLE x; --${'\u001b'}[31m` });
    workos().seedUser(
      mirrored(5, {
        metadata: { cognito_synced_at: '9999-12-31T00:00:00.000Z', cognito_auth: '+' },
      }),
    );
    workos().seedUser({
      email: 'gone@example.com',
      external_id: 'gone@example.com"\\',
      metadata: { cognito_pool: pool, cognito_linked_subs: ',,,%,', cognito_synced_at: 'never' },
    });
    const { stdout, code } = await setting.run(['--settle', '0']);
    expect(code).toBe(1);
    expect(stdout).not.toMatch(/@|\p{Cc}(?<!\n)/u);
    const result = await setting.verify();
    expect(JSON.stringify(result)).not.toContain('@');
    expect(result).toMatchObject({
      missing: [{ sub: subOf(2) }, { sub: subOf(0) }, { sub: subOf(1) }],
      stale: [{ sub: subOf(5) }],
      conflicts: [
        // Tagged by us, and its external id was overwritten since.
        { sub: subOf(3), reason: 'address_passed_on' },
        { sub: subOf(4), reason: 'foreign_external_id' },
      ],
      extra: [{ workosUserId: workos().userByEmail('gone@example.com')?.id }],
    });
  });

  it('reports a user that cannot be parsed as failed, neither in sync nor extra', async () => {
    inSync(2);
    cognito().update(subOf(1), { attributes: { identities: 'nonsense' } });
    const { code, failed, extra, inSync: agrees, checked } = await setting.verify();
    expect({ code, agrees, checked, extra }).toEqual({
      code: 1,
      agrees: false,
      checked: 1,
      extra: [],
    });
    expect(failed).toMatchObject([{ sub: subOf(1), reason: expect.stringMatching(/identities/) }]);
  });

  it('reports a user that WorkOS refuses as missing after --fix, with the reason', async () => {
    cognito().put(poolUser(0, { email: 'nonsense' }));
    inSync(0);
    expect(await setting.verify(['--fix'])).toMatchObject({
      code: 1,
      fixed: 0,
      missing: [{ sub: subOf(0), reason: 'invalid_email' }],
    });
  });

  it('reports email_locked when --fix cannot change an email that a directory manages', async () => {
    inSync(1);
    workos().lockEmail(workos().userByEmail(emailOf(0))?.id ?? '');
    cognito().update(subOf(0), { attributes: { email: 'moved@example.com' } });
    expect(await setting.verify(['--fix'])).toMatchObject({
      ...NOTHING,
      conflicts: [{ sub: subOf(0), reason: 'email_locked' }],
    });
  });
});

describe('users who move along a chain of addresses', () => {
  it.each([
    ['last', [0, 1, 2]],
    ['first', [2, 1, 0]],
  ] as const)('are fixed in one run when the free address is listed %s', async (_, chain) => {
    inSync(3);
    const [one, two, three] = chain;
    cognito().update(subOf(one), { attributes: { email: emailOf(two) } });
    cognito().update(subOf(two), { attributes: { email: emailOf(three) } });
    cognito().update(subOf(three), { attributes: { email: 'new@example.com' } });
    expect(await setting.verify()).toMatchObject({ ...NOTHING, stale: [{}, {}, {}] });
    expect(await setting.verify(['--fix'])).toMatchObject({ ...NOTHING, inSync: true });
    expect(workos().userByEmail(emailOf(two))?.external_id).toBe(subOf(one));
    expect(workos().userByEmail(emailOf(three))?.external_id).toBe(subOf(two));
    expect(workos().userByEmail('new@example.com')?.external_id).toBe(subOf(three));
  });

  it('are in conflict when the chain is a circle', async () => {
    inSync(2);
    cognito().update(subOf(0), { attributes: { email: emailOf(1) } });
    cognito().update(subOf(1), { attributes: { email: emailOf(0) } });
    const conflicts = [0, 1].map((n) => ({ sub: subOf(n), reason: 'address_passed_on' }));
    expect(await setting.verify()).toMatchObject({ ...NOTHING, conflicts });
    expect(await setting.verify(['--fix'])).toMatchObject({ ...NOTHING, conflicts, fixed: 0 });
  });
});

describe('verify --from', () => {
  it('does not report users that were synced since the export', async () => {
    inSync(3);
    const users = [0, 1, 2].map((n) => poolUser(n, n === 1 ? { given_name: 'Before' } : {}));
    const folder = await exportUsers(setting.directory, users);
    const synced = { cognito_synced_at: new Date(Date.now() + 30_000).toISOString() };
    await setting.edit(emailOf(1), { metadata: synced });
    workos().seedUser(mirrored(3, { metadata: synced }));
    workos().seedUser(mirrored(4));
    const found = await setting.verify(['--from', folder]);
    expect(found).toMatchObject({
      ...NOTHING,
      checked: 3,
      skipped: { newer_in_workos: 1 },
      extra: [{ externalId: subOf(4) }],
    });
    expect(cognito().requests).toEqual([]);
  });
});

describe('verify, when it cannot run', () => {
  beforeEach(() => inSync(1));

  it.each([
    ['a bad rate', ['--rate', 'fast'], {}, /--rate/],
    ['a negative pause', ['--settle', '-1'], {}, /--settle/],
    ['a fractional limit', ['--mfa-limit', '1.5'], {}, /--mfa-limit/],
    ['an unknown option', ['--since', 'yesterday'], {}, /--since/],
    [
      'a pool that does not exist',
      ['--user-pool-id', 'eu-central-1_Other0001'],
      {},
      /eu-central-1_Other0001/,
    ],
    ['a malformed pool id', ['--user-pool-id', 'my pool'], {}, /looks like/],
    ['a wrong key', [], { WORKOS_API_KEY: 'sk_wrong' }, /refused the API key/],
    ['no key', [], { WORKOS_API_KEY: '' }, /WORKOS_API_KEY is not set/],
    ['a missing folder', ['--from', 'nowhere'], {}, /nowhere/],
    ['a report that cannot be written', ['--report', 'no/such.html'], {}, /--report/],
    ['a broken OAUTH_CLIENTS', [], { OAUTH_CLIENTS: '{' }, /OAUTH_CLIENTS/],
  ])('exits with 2 and one error line for %s', async (_, args, env, line) => {
    expectOneErrorLine(await setting.run(args, env), line);
  });

  it('exits with 2 for a missing permission, before any request to WorkOS but that of the banner', async () => {
    cognito().denied.add('ListUsers');
    const { code, stderr } = await setting.run();
    expect(code).toBe(2);
    expect(stderr).toMatch(/cognito-idp:ListUsers/);
    expect(workos().countRequests()).toEqual({ reads: 1, writes: 0 });
  });

  it('exits with 2 when WorkOS refuses the key midway', async () => {
    workos().onRequest = ({ index }) => {
      if (index === 0) workos().revokeKey();
      return undefined;
    };
    const { code, stdout, stderr } = await setting.run(['--json']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/refused the API key.*Run the same command again/);
  });
});

describe('verify, with messages in the queues', () => {
  let queue: LocalQueue;
  beforeEach(async () => {
    queue = await startQueue();
    inSync(1);
  });
  afterEach(() => queue.close());

  it('gives the verdict look, exits with 3 only with --strict, and continues when a queue does not exist', async () => {
    const env = {
      AWS_ENDPOINT_URL_SQS: queue.endpoint,
      SYNC_QUEUE_URL: queue.queueUrl,
      SYNC_DLQ_URL: queue.deadLetterQueueUrl,
    };
    let id = 0;
    for (const QueueUrl of [queue.queueUrl, queue.queueUrl, queue.deadLetterQueueUrl]) {
      const ids = { MessageGroupId: 'a', MessageDeduplicationId: String(id++) };
      await queue.client.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}', ...ids }));
    }
    expect(await setting.verify([], env)).toMatchObject({
      code: 0,
      inSync: true,
      verdict: 'look',
      checks: expect.arrayContaining([
        expect.objectContaining({ name: 'dead_letters', status: 'look' }),
        expect.objectContaining({ name: 'waiting_messages', status: 'look' }),
      ]),
      queues: { waiting: 2, deadLetters: 1 },
    });
    const { stdout } = await setting.run([], env);
    expect(stdout).toMatch(/1 dead letter waiting[\s\S]*2 messages not mirrored yet/);
    expect(await setting.verify(['--strict'], env)).toMatchObject({ code: 3, verdict: 'look' });
    const missing = await setting.run(['--report', 'r.html'], {
      ...env,
      SYNC_DLQ_URL: `${queue.endpoint}/000000000000/nothing.fifo`,
    });
    expect(missing.code).toBe(0);
    expect(await readFile(join(setting.directory, 'r.html'), 'utf8')).toMatch(/SQS does not tell/);
  });
});

describe('verify --fix', () => {
  it('lists WorkOS once, and reads again only what it has written', async () => {
    inSync(250);
    for (let n = 0; n < 5; n++) {
      cognito().update(subOf(n), { attributes: { given_name: 'Changed' } });
      cognito().put(poolUser(250 + n));
    }
    expect(await setting.verify(['--fix'])).toMatchObject({ ...NOTHING, inSync: true, fixed: 10 });
    const gets = workos().requests.filter(({ method }) => method === 'GET');
    const pages = gets.filter(({ path }) => /users\?(?!email)/.test(path));
    // One of them is the banner's.
    expect(pages).toHaveLength(4);
    // 10 rechecked (5 of them by email too), 5 read before their update, 10 read after the write.
    expect(gets.length - pages.length).toBe(30);
  });

  it('reports a user as stale whose change was undone right after the write', async () => {
    inSync(2);
    cognito().update(subOf(1), { attributes: { given_name: 'Changed' } });
    let updated = false;
    workos().onRequest = ({ method, path }) => {
      if (method === 'PUT') updated = true;
      else if (updated && path.includes('external_id')) {
        const id = workos().userByEmail(emailOf(1))?.id ?? '';
        workos().updateUser(id, { first_name: 'Undone' });
      }
      return undefined;
    };
    expect(await setting.verify(['--fix'])).toMatchObject({
      inSync: false,
      fixed: 1,
      stale: [{ sub: subOf(1), fields: ['first_name'] }],
    });
  });

  it('reports no user as not fixable when it was stopped', async () => {
    for (let n = 0; n < 60; n++) cognito().put(poolUser(n));
    const child = setting.start(['--settle', '0', '--fix', '--rate', '20']);
    while (workos().users().length < 5) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGINT');
    const { stdout } = await child.ended;
    const missing = Number(/missing +(\d+)/.exec(stdout)?.[1]);
    expect(missing).toBe(60 - workos().users().length);
    expect(stdout).not.toContain('could not be fixed');
    expect(stdout).toContain('Stopped before these users were fixed');
  });

  it('reports an incomplete result when it was stopped, and keeps what it wrote', async () => {
    inSync(0);
    for (let n = 0; n < 60; n++) cognito().put(poolUser(n));
    const child = setting.start(['--json', '--settle', '0', '--fix', '--rate', '20']);
    while (workos().users().length < 5) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGINT');
    const { code, stdout } = await child.ended;
    expect(code).toBe(130);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ inSync: false, complete: false });
    expect(result.fixed).toBe(workos().users().length);
    expect(result.missing.items).toHaveLength(60 - result.fixed);
    expect(await setting.verify(['--fix'])).toMatchObject({ ...NOTHING, inSync: true });
  });
});

describe('verify --report', () => {
  it('writes one page without emails that only its owner can read', async () => {
    await setting.close();
    const arn = 'arn:aws:lambda:eu-central-1:123456789012:function:';
    setting = await startVerifySetting({
      cognito: {
        pool: {
          MfaConfiguration: 'OPTIONAL',
          LambdaConfig: {
            PostConfirmation: `${arn}cognito-workos-sync-dev-postConfirmation`,
            PreAuthentication: `${arn}somebody-elses`,
          },
        },
      },
    });
    inSync(3);
    cognito().put(poolUser(3, {}, { UserMFASettingList: ['SOFTWARE_TOKEN_MFA'] }));
    const { identities, ...google } = throughGoogle('g-4');
    cognito().put(poolUser(4, { identities }, google));
    cognito().put(poolUser(5, { email: '' }));
    cognito().put(poolUser(6, { email_verified: 'false' }));
    const { stdout, code } = await setting.run(['--settle', '0', '--report', 'r.html']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^NOT in sync/);
    const file = join(setting.directory, 'r.html');
    const page = (await readFile(file, 'utf8')).replaceAll('&quot;', '"');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(page).not.toMatch(/user-\d@example/);
    expect(page).toContain(subOf(3));
    expect(page).toContain('Authenticator app');
    expect(page).toMatch(/SYNC_QUEUE_URL/);
  });
});
