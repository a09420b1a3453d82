import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { poolUser, subOf } from '../fixtures/pool-users.ts';
import { withPlainLists } from '../fixtures/result-schema.ts';
import { type ResetSetting, startResetSetting } from '../rigs/reset-run.ts';

let setting: ResetSetting;
beforeEach(async () => {
  setting = await startResetSetting({
    // Slow enough for a kill to hit what is on its way.
    workos: { latencyMs: ({ method }) => (method === 'GET' ? 0 : 20) },
  });
});
afterEach(() => setting.close());

const MARK = 'cognito_reset_mailed_at';
const HOUR_MS = 3_600_000;
const send = ['--rate', '200', '--json', '--send', '--all', '--yes'];
/** As on another machine: nothing is known there of earlier runs. */
const elsewhere = () => ['--state', `${randomUUID()}.sqlite`];
const control = () => setting.workos.control;
const resultOf = ({ stdout }: { stdout: string }) => JSON.parse(stdout);
const markOf = (n: number) => control().userByEmail(`user-${n}@example.com`)?.metadata[MARK];
const only = async (...lines: string[]) => {
  await writeFile(join(setting.directory, 'only.txt'), lines.join('\n'));
  return ['--only', 'only.txt'];
};

function expectNoSecondMail(): void {
  const mailed = setting.mailed();
  expect(mailed).toHaveLength(new Set(mailed).size);
}

/** Moves the marks of all users into the past. */
function age(ms: number): void {
  for (const { id, metadata } of control().users()) {
    const mark = metadata[MARK];
    if (mark === undefined) continue;
    const earlier = new Date(Date.parse(mark) - ms).toISOString();
    control().updateUser(id, { metadata: { ...metadata, [MARK]: earlier } });
  }
}

describe('reset-passwords with another state file', () => {
  test('mails no user a second time, and says by what it knows', async () => {
    for (let n = 0; n < 5; n++) setting.both(n, {}, {}, { metadata: { plan: 'gold' } });
    expect(resultOf(await setting.run([...send, ...elsewhere()])).sent).toBe(5);
    expect(Date.parse(markOf(0) ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(control().userByEmail('user-0@example.com')?.metadata.plan).toBe('gold');

    const again = await setting.run([...send, ...elsewhere(), '--report', 'report.jsonl']);
    expect(again.code).toBe(0);
    expect(resultOf(again)).toMatchObject({
      eligible: 5,
      sent: 0,
      alreadySent: 5,
      mailedElsewhere: 5,
      remaining: 0,
    });
    expect((await setting.run(elsewhere())).stdout).toMatch(
      /5 were mailed by a run with another state file.*cognito_reset_mailed_at.*--mail-again/,
    );
    expect(setting.mailed()).toHaveLength(5);
  });

  test('mails no user whom another run has mailed since both sides were listed', async () => {
    const user = setting.both(0);
    setting.both(1);
    setting.cognito.control.onRequest = ({ action }) => {
      if (action === 'AdminGetUser' && markOf(0) === undefined) {
        const metadata = { [MARK]: new Date().toISOString() };
        control().updateUser(user.id, { metadata });
      }
      return undefined;
    };
    const result = resultOf(await setting.run(send));
    expect(result).toMatchObject({ sent: 1, alreadySent: 1, mailedElsewhere: 1, remaining: 0 });
    expect(setting.mailed()).not.toContain(user.id);
  });

  test('mails no user twice when runs are killed at every moment, each on a new machine', async () => {
    const USERS = 30;
    for (let n = 0; n < USERS; n++) setting.both(n);
    let kills = 0;
    for (let done = false; !done && kills < 14; ) {
      const child = setting.start([...send, ...elsewhere()]);
      let writes = 0;
      // At the n-th mark or mail, a few milliseconds later each time.
      control().onRequest = ({ method }) => {
        if (method !== 'GET' && ++writes === 1 + ((kills * 5) % 18)) {
          setTimeout(() => child.kill('SIGKILL'), (kills * 7) % 40);
        }
        return undefined;
      };
      const { code } = await child.ended;
      done = code !== null;
      kills += 1;
      expectNoSecondMail();
    }
    control().onRequest = undefined;
    // What a killed run had sent still takes effect in WorkOS.
    await delay(100);
    const last = resultOf(await setting.run([...send, ...elsewhere()]));
    expectNoSecondMail();
    expect(kills).toBeGreaterThan(2);
    expect(last.remaining).toBe(0);
    expect(last.sent + last.alreadySent).toBe(USERS);
  }, 120_000);

  test('mails no user twice when the same machine retries users in doubt whom another has mailed', async () => {
    setting.both(0);
    control().onRequest = ({ method }) => {
      if (method === 'PUT') first.kill('SIGKILL');
      return method === 'PUT' ? { kind: 'reset' } : undefined;
    };
    const first = setting.start(send);
    await first.ended;
    control().onRequest = undefined;
    expect(markOf(0)).toBeUndefined();
    expect(resultOf(await setting.run([...send, ...elsewhere()])).sent).toBe(1);
    const retried = resultOf(await setting.run([...send, '--retry-in-doubt']));
    expect(retried).toMatchObject({ sent: 0, mailedElsewhere: 1, inDoubt: { count: 0 } });
    expect(setting.mailed()).toHaveLength(1);
  });

  test('retries users in doubt of its own, whose mark it has written itself', async () => {
    setting.both(0);
    control().onRequest = ({ method }) => (method === 'POST' ? { kind: 'reset' } : undefined);
    expect(resultOf(await setting.run(send)).inDoubt.count).toBe(1);
    control().onRequest = undefined;
    expect(markOf(0)).toBeDefined();
    expect(resultOf(await setting.run([...send, '--retry-in-doubt'])).sent).toBe(1);
  });
});

describe('two runs of reset-passwords at once with two state files', () => {
  test('mail each user once between them', async () => {
    const USERS = 80;
    for (let n = 0; n < USERS; n++) setting.both(n);
    const runs = [1, 2].map(() => setting.run([...send, '--rate', '10', ...elsewhere()]));
    const results = (await Promise.all(runs)).map(resultOf);
    expectNoSecondMail();
    expect(setting.mailed()).toHaveLength(USERS);
    expect(results.every(({ remaining, failed }) => remaining + failed.count === 0)).toBe(true);
    // They did meet: each user was one's to mail and the other's to leave.
    const left = results.reduce((sum, { mailedElsewhere }) => sum + mailedElsewhere, 0);
    expect(left).toBe(USERS);
  });
});

describe('the mark of a mail that was surely not sent', () => {
  test.each([
    ['WorkOS refuses the user', 422, 'invalid_request_parameters'],
    ['the quota of the day is used up', 429, 'daily_quota_exceeded'],
    ['the organization forbids it', 403, 'password_reset_not_allowed'],
    ['the key is refused', 401, 'unauthorized'],
  ])('is cleared when %s, and the customer’s keys stay', async (_, status, code) => {
    setting.both(0, {}, {}, { metadata: { plan: 'gold' } });
    control().onRequest = ({ method }) =>
      method === 'POST' ? { kind: 'status', status, body: { code, message: '' } } : undefined;
    await setting.run(send);
    expect(control().userByEmail('user-0@example.com')?.metadata).toEqual({ plan: 'gold' });
    control().onRequest = undefined;
    expect(resultOf(await setting.run([...send, ...elsewhere()])).sent).toBe(1);
  });

  test('does not keep the same machine from trying again when it could not be cleared', async () => {
    setting.both(0);
    let marks = 0;
    control().onRequest = ({ method }) => {
      if (method === 'POST') {
        return { kind: 'status', status: 422, body: { code: 'refused', message: '' } };
      }
      return method === 'PUT' && ++marks > 1 ? { kind: 'status', status: 500 } : undefined;
    };
    expect(resultOf(await setting.run(send)).failed.count).toBe(1);
    control().onRequest = undefined;
    expect(markOf(0)).toBeDefined();
    expect(resultOf(await setting.run(send))).toMatchObject({ sent: 1, mailedElsewhere: 0 });
  });
});

describe('a user whose metadata have no room for the mark', () => {
  test('is not mailed, and listed with what to do', async () => {
    const customers = Array.from({ length: 7 }, (_, n) => [`key_${n}`, 'x']);
    const keys = {
      ...Object.fromEntries(customers),
      cognito_pool: setting.cognito.userPoolId,
      cognito_auth: 'password',
      cognito_synced_at: '2026-01-01T00:00:00.000Z',
    };
    const user = setting.both(0, {}, {}, { metadata: keys });
    setting.both(1);
    const { stdout } = await setting.run(send);
    expect(JSON.parse(stdout)).toMatchObject({ sent: 1, skipped: { metadata_full: 1 } });
    expect(setting.mailed()).not.toContain(user.id);
    expect((await setting.run([])).stdout).toMatch(/metadata_full: Ten metadata keys.*Remove one/);
    expect(control().userByEmail(user.email)?.metadata).toEqual(keys);
  });
});

describe('reset-passwords --mail-again', () => {
  test('is only for --only', async () => {
    setting.both(0);
    const { code, stderr } = await setting.run([...send, '--mail-again']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--mail-again is only for --only FILE/);
    expect(setting.mailed()).toEqual([]);
  });

  test.each([
    ['the same state file', () => []],
    ['another state file', elsewhere],
  ])('mails the named users once more when their link has expired, with %s', async (_, state) => {
    for (let n = 0; n < 3; n++) setting.both(n);
    await setting.run(send);
    const again = [...send, ...(await only(subOf(0), subOf(1))), '--mail-again', ...state()];
    // The link still works.
    expect(resultOf(await setting.run(again))).toMatchObject({ sent: 0, alreadySent: 2 });
    age(HOUR_MS + 60_000);
    expect(resultOf(await setting.run(again))).toMatchObject({ sent: 2, alreadySent: 0 });
    expect(setting.mailed()).toHaveLength(5);
    // The same command again goes on, and mails nobody a third time.
    expect(resultOf(await setting.run(again))).toMatchObject({ sent: 0, alreadySent: 2 });
    expect(resultOf(await setting.run(send))).toMatchObject({ sent: 0, alreadySent: 3 });
    expect(setting.mailed()).toHaveLength(5);
  });

  test('keeps the mark and the note of the first mail when the second is surely not sent', async () => {
    setting.both(0);
    await setting.run(send);
    age(HOUR_MS + 60_000);
    control().onRequest = ({ method }) =>
      method === 'POST'
        ? { kind: 'status', status: 422, body: { code: 'refused', message: '' } }
        : undefined;
    const again = [...send, ...(await only(subOf(0))), '--mail-again'];
    expect(resultOf(await setting.run(again)).failed.count).toBe(1);
    control().onRequest = undefined;
    expect(markOf(0)).toBeDefined();
    expect(resultOf(await setting.run(send))).toMatchObject({ sent: 0, alreadySent: 1 });
    expect(resultOf(await setting.run([...send, ...elsewhere()])).sent).toBe(0);
  });
});

describe('verify after reset-passwords', () => {
  test('finds no drift, and counts who was mailed as not to be mailed', async () => {
    for (let n = 0; n < 4; n++) setting.cognito.control.put(poolUser(n));
    await setting.runOther('seed', ['--rate', '500']);
    const verify = async () =>
      withPlainLists(
        resultOf(await setting.runOther('verify', ['--json', '--settle', '0', '--html', 'r.html'])),
      );
    expect((await verify()).mails).toMatchObject({ people: 4, mailed: 4, notMailed: {} });
    await setting.run([...send, '--limit', '3']);
    const after = await verify();
    expect(after).toMatchObject({ inSync: true, stale: [], conflicts: [], extra: [] });
    expect(after.mails).toEqual({
      people: 4,
      mailed: 1,
      kept: 0,
      keptShare: 0,
      notMailed: { mailed_before: 3 },
    });
    expect(resultOf(await setting.run(['--json'])).wouldSend).toBe(1);
    control().clear();
    await setting.runOther('seed', ['--rate', '500']);
    expect(control().countRequests().writes).toBe(0);
  });
});

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
