import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../local/emulators/workos.ts';
import { poolUser, subOf } from '../fixtures/pool-users.ts';
import { closeAndCheckRequests } from '../rigs/close-and-check.ts';
import { expectOneErrorLine } from '../rigs/one-error-line.ts';
import { type SeedSetting, startSeedSetting } from '../rigs/seed-run.ts';

let setting: SeedSetting;
afterEach(() => closeAndCheckRequests(setting));
const workos = () => setting.workos.control;
const cognito = () => setting.cognito.control;
const fast = ['--rate', '500', '--json'];

/** Every kind of user there is: 12 for each `n`, of whom 9 end up as 8 WorkOS users. */
function putEveryKind(n: number): void {
  const base = n * 20;
  const google = JSON.stringify([
    { userId: `g-${n}`, providerName: 'Google', providerType: 'Google', primary: true },
  ]);
  const federated = { identities: google };
  const external = { UserStatus: 'EXTERNAL_PROVIDER' };
  for (const user of [
    poolUser(base),
    poolUser(base + 1, { name: 'Åsa von Öberg', given_name: '', family_name: '' }),
    poolUser(base + 2, { email_verified: 'false' }),
    poolUser(base + 3, {}, { UserStatus: 'FORCE_CHANGE_PASSWORD' }),
    poolUser(base + 4, {}, { UserStatus: 'RESET_REQUIRED' }),
    poolUser(base + 5, federated, { ...external, Username: `Google_g-${n}` }),
    poolUser(base + 6, {}, { UserStatus: 'UNCONFIRMED' }),
    poolUser(base + 7, {}, { Enabled: false }),
    poolUser(base + 8, { email: '' }),
    // The second profile of the first user, and another user who never verified that address.
    poolUser(base + 9, { ...federated, email: `user-${base}@example.com` }, external),
    poolUser(base + 10, { email: `user-${base}@example.com`, email_verified: 'false' }),
    poolUser(base + 11, { 'custom:plan': 'gold' }),
  ]) {
    cognito().put(user);
  }
}

describe('seed of users of every kind', () => {
  const KINDS = 20;
  beforeEach(async () => {
    setting = await startSeedSetting({
      cognito: { throttleEvery: 9, pageSize: (page) => [60, 7, 0, 33][page % 4] ?? 60 },
    });
    for (let n = 0; n < KINDS; n++) putEveryKind(n);
  });

  it('mirrors them within the request budget, and writes nothing in a second run', async () => {
    const first = await setting.run([...fast, '--report', 'report.jsonl']);
    const result = JSON.parse(first.stdout);
    expect({ ...result, requests: undefined, seconds: undefined }).toEqual({
      command: 'seed',
      version: '0.1.0',
      userPoolId: expect.any(String),
      exit: 0,
      read: 12 * KINDS,
      created: 7 * KINDS,
      linked: KINDS,
      updated: 0,
      unchanged: 0,
      stale: 0,
      skipped: { unconfirmed: KINDS, disabled: KINDS, no_email: KINDS },
      conflicts: KINDS,
      failed: 0,
    });
    expect(first.code).toBe(0);
    expect(workos().users()).toHaveLength(7 * KINDS);
    expect(workos().userByEmail('user-0@example.com')).toMatchObject({
      external_id: subOf(0),
      metadata: { cognito_linked_subs: subOf(9), federated_providers: 'Google' },
    });
    const { reads, writes } = result.requests;
    expect((reads + writes) / result.read).toBeLessThanOrEqual(1.1);

    const report = await readFile(join(setting.directory, 'report.jsonl'), 'utf8');
    const lines = report.trim().split('\n');
    expect(lines).toHaveLength(result.read);
    expect(lines.map((line) => JSON.parse(line))).toContainEqual({
      sub: subOf(10),
      outcome: 'conflict',
      reason: 'unverified_email',
      workosUserId: workos().userByEmail('user-0@example.com')?.id,
    });
    expect(report).not.toMatch(/@example|Given/);

    workos().clear();
    const again = JSON.parse((await setting.run(fast)).stdout);
    expect(again).toMatchObject({ read: result.read, unchanged: 8 * KINDS, created: 0, linked: 0 });
    expect(again.requests.writes).toBe(0);
    expect(again.requests.reads / again.read).toBeLessThanOrEqual(0.05);
  });

  it('predicts the counts of the real run with --dry-run, and writes nothing', async () => {
    const dry = await setting.run([...fast, '--dry-run']);
    expect(workos().users()).toEqual([]);
    expect(workos().countRequests().writes).toBe(0);
    const real = await setting.run(fast);
    const counts = ({ requests: _, seconds: __, ...rest }: Record<string, unknown>) => rest;
    expect(counts(JSON.parse(dry.stdout))).toEqual(counts(JSON.parse(real.stdout)));
  });

  it('writes once for a user that has changed', async () => {
    await setting.run(fast);
    cognito().update(subOf(0), { attributes: { family_name: 'Changed' } });
    workos().clear();
    const result = JSON.parse((await setting.run(fast)).stdout);
    expect(result).toMatchObject({ updated: 1, unchanged: 8 * KINDS - 1 });
    expect(result.requests).toMatchObject({ reads: 3, writes: 1 });
    expect(workos().userByEmail('user-0@example.com')?.last_name).toBe('Changed');
  });

  it('prints what to do next', async () => {
    const { stdout, code } = await setting.run(['--rate', '500']);
    expect(code).toBe(0);
    expect(stdout).toContain(`${12 * KINDS} users read`);
    expect(stdout).toMatch(
      /20 conflicts need a person \(20 unverified_email\): run again with --report FILE/,
    );
    expect(stdout).toMatch(/20 users without an email: .*Ask these users for an address/);
  });
});

describe('seed', () => {
  const USERS = 400;
  beforeEach(async () => {
    setting = await startSeedSetting();
    for (let n = 0; n < USERS; n++) cognito().put(poolUser(n));
  });

  function expectEveryUserOnce(): void {
    const subs = workos()
      .users()
      .map(({ external_id }) => external_id);
    expect(subs.sort()).toEqual([...Array(USERS).keys()].map(subOf));
  }

  it('mirrors every user once when it is killed three times while one request in twenty fails', async () => {
    const kinds: Fault[] = [
      { kind: 'status', status: 500 },
      { kind: 'reset', afterApplying: true },
      { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
      { kind: 'reset' },
    ];
    workos().onRequest = ({ index }) => (index % 20 === 7 ? kinds[(index / 20) & 3] : undefined);
    for (const share of [0.2, 0.4, 0.6]) {
      const child = setting.start([...fast, '--state', 'state.sqlite']);
      while (workos().users().length < share * USERS) await delay(5);
      child.kill('SIGKILL');
      await child.ended;
    }
    const { code, stdout, stderr } = await setting.run([...fast, '--state', 'state.sqlite']);
    expect(code).toBe(0);
    expect(stderr).toContain('Resuming a run');
    expect(JSON.parse(stdout)).toMatchObject({ read: USERS, failed: 0 });
    expectEveryUserOnce();
    // Only writes with a lost answer, or under way at a kill, are repeated.
    const posts = workos().requests.filter(({ method }) => method === 'POST');
    expect(posts.length).toBeLessThan(USERS * 1.25);
  });

  it('finishes the requests under way at Ctrl-C, says how to continue, and then mirrors every user once', async () => {
    const child = setting.start(['--rate', '100']);
    while (workos().users().length < 50) await delay(5);
    child.kill('SIGINT');
    const { code, stderr } = await child.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('Run the same command again to go on.');
    expect(workos().users().length).toBeLessThan(USERS);
    const { stdout } = await setting.run(fast);
    expect(JSON.parse(stdout)).toMatchObject({ read: USERS, created: USERS });
    expectEveryUserOnce();
    expect(workos().countRequests().writes).toBe(USERS);
  });

  it('finishes and records the requests under way when Cognito refuses midway, and then mirrors every user once', async () => {
    await setting.close();
    setting = await startSeedSetting({ workos: { latencyMs: 40 } });
    for (let n = 0; n < USERS; n++) cognito().put(poolUser(n));
    let lists = 0;
    cognito().onRequest = ({ action }) =>
      action === 'ListUsers' && ++lists > 3
        ? { kind: 'error', type: 'AccessDeniedException', message: 'denied' }
        : undefined;
    const broken = await setting.run([...fast, '--state', 'state.sqlite']);
    expect(broken.code).toBe(2);
    expect(broken.stderr).toMatch(/cognito-idp:ListUsers/);
    const written = workos().users().length;
    expect(written).toBeGreaterThan(0);
    cognito().onRequest = undefined;
    const { stdout } = await setting.run([...fast, '--state', 'state.sqlite']);
    // A write that was not recorded would be counted as unchanged.
    expect(JSON.parse(stdout)).toMatchObject({ read: USERS, created: USERS, unchanged: 0 });
    expectEveryUserOnce();
  });

  it('mirrors every user once when WorkOS allows far fewer writes than --rate', async () => {
    await setting.close();
    setting = await startSeedSetting({
      workos: { limits: { writesPer10s: 100, windowMs: 1_000 } },
    });
    for (let n = 0; n < USERS; n++) cognito().put(poolUser(n));
    const { stdout } = await setting.run(fast);
    expect(JSON.parse(stdout)).toMatchObject({ created: USERS, failed: 0 });
    expectEveryUserOnce();
  });

  it('mirrors every user once when pagination tokens are refused midway', async () => {
    cognito().onRequest = ({ index }) => {
      if (index === 4) cognito().expireTokens();
      return undefined;
    };
    const { stdout } = await setting.run(fast);
    expect(JSON.parse(stdout)).toMatchObject({ read: USERS, created: USERS, failed: 0 });
    expectEveryUserOnce();
  });

  it('reports a user that WorkOS refuses as failed, and mirrors every other user once', async () => {
    cognito().put(poolUser(USERS, { email: 'nonsense' }));
    const { stdout, code } = await setting.run([...fast, '--report', 'report.jsonl']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ read: USERS + 1, created: USERS, failed: 1 });
    const report = await readFile(join(setting.directory, 'report.jsonl'), 'utf8');
    expect(report).toContain(
      JSON.stringify({ sub: subOf(USERS), outcome: 'failed', reason: 'invalid_email' }),
    );
    expectEveryUserOnce();
  });
});

describe('seed, when it cannot run', () => {
  beforeEach(async () => {
    setting = await startSeedSetting();
    cognito().put(poolUser(1));
  });
  afterEach(() => {
    expect(workos().users()).toEqual([]);
  });

  it.each([
    ['a bad rate', ['--rate', 'fast'], {}, /--rate/],
    ['an unknown option', ['--fast'], {}, /--fast/],
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
    ['a report that cannot be written', ['--report', 'no/such/report'], {}, /--report/],
    ['a state that cannot be written', ['--state', 'no/such/state'], {}, /--state/],
    ['a device for --state', ['--state', '/dev/null'], {}, /not a file/],
    ['one file for state and report', ['--state', 'a', '--report', './a'], {}, /the same file/],
    ['a broken OAUTH_CLIENTS', [], { OAUTH_CLIENTS: '{' }, /OAUTH_CLIENTS/],
  ])('exits with 2 and one error line, before any write, for %s', async (_, args, env, line) => {
    expectOneErrorLine(await setting.run(args, env), line);
  });

  it('exits with 2 for a missing permission', async () => {
    cognito().denied.add('ListUsers');
    const { code, stderr } = await setting.run();
    expect(code).toBe(2);
    expect(stderr).toMatch(/cognito-idp:ListUsers/);
  });

  it('exits with 2 when another run uses the same state file', async () => {
    workos().onRequest = () => ({ kind: 'hang' });
    const first = setting.start(['--state', 'state.sqlite']);
    while (workos().requests.length === 0) await delay(5);
    const second = await setting.run(['--state', 'state.sqlite']);
    expect(second.code).toBe(2);
    expect(second.stderr).toMatch(/another run is using the state file/);
    first.kill('SIGKILL');
    await first.ended;
  });
});

describe('seed --from', () => {
  it('reads a truncated file to the last whole record, and names the file in the report', async () => {
    setting = await startSeedSetting();
    const folder = join(setting.directory, 'export');
    await mkdir(folder);
    const users = [...Array(130).keys()].map((n) => poolUser(n));
    await writeFile(join(folder, 'users_1.json'), JSON.stringify({ Users: users.slice(0, 60) }));
    const second = JSON.stringify({ Users: users.slice(60, 120) }, undefined, 1);
    await writeFile(join(folder, 'users_2.json'), second.replace(/true(?![\s\S]*true)/, 'yes'));
    await writeFile(join(folder, 'users_3.json'), JSON.stringify({ Users: users.slice(120) }));
    const { code, stdout } = await setting.run([...fast, '--from', folder, '--report', 'r.jsonl']);
    expect(code).toBe(1);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ created: 129, failed: 1 });
    expect(workos().users()).toHaveLength(129);
    expect(await readFile(join(setting.directory, 'r.jsonl'), 'utf8')).toMatch(/users_2\.json/);
    expect(cognito().requests).toEqual([]);
  });
});
