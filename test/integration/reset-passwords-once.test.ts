import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../local/emulators/workos.ts';
import { poolUser, subOf } from '../fixtures/pool-users.ts';
import { type ResetSetting, startResetSetting } from '../rigs/reset-run.ts';

let setting: ResetSetting;
beforeEach(async () => {
  setting = await startResetSetting({
    // Slow enough for a kill to hit a request under way.
    workos: { latencyMs: ({ method }) => (method === 'POST' ? 20 : 0) },
  });
});
afterEach(() => setting.close());
const workos = () => setting.workos.control;
const send = ['--rate', '200', '--json', '--send', '--all', '--yes'];

type Doubtful = { workosUserId: string; reason: string };
const resultOf = ({ stdout }: { stdout: string }) => JSON.parse(stdout);
const idsOf = (users: Doubtful[]) => users.map(({ workosUserId }) => workosUserId);
const posts = () => workos().requests.filter(({ method }) => method === 'POST');

function expectNoUserTwice(): void {
  const mailed = setting.mailed();
  expect(mailed).toHaveLength(new Set(mailed).size);
}

/** Faults by the email they hit. */
function failPosts(faults: Map<string, Fault>): void {
  workos().onRequest = ({ method, body }) =>
    method === 'POST' ? faults.get((body as { email: string }).email) : undefined;
}

describe('reset-passwords --send', () => {
  it('mails no user twice when it is killed at any moment, again and again', async () => {
    const USERS = 60;
    const eligible: string[] = [];
    for (let n = 0; n < USERS; n++) {
      const kind = n % 6;
      const federated = kind === 4 ? { UserStatus: 'EXTERNAL_PROVIDER' } : {};
      const twin = kind === 5 ? { cognito_linked_subs: subOf(1_000 + n) } : {};
      const user = setting.both(n, {}, federated, { metadata: twin });
      if (kind !== 4) eligible.push(user.id);
      if (kind === 5) {
        const second = poolUser(1_000 + n, { email: user.email });
        setting.cognito.control.put(second);
      }
    }
    // The n-th run is killed at its n-th mail, a few milliseconds later each time: before the request
    // takes effect, after that, with the answer on its way, and with the answer being noted.
    let kills = 0;
    for (let done = false; !done && kills < 12; ) {
      const child = setting.start(send);
      let mails = 0;
      workos().onRequest = ({ method }) => {
        if (method === 'POST' && ++mails === 1 + (kills % 4)) {
          setTimeout(() => child.kill('SIGKILL'), (kills * 7) % 40);
        }
        return undefined;
      };
      const { code } = await child.ended;
      done = code !== null;
      kills += 1;
      expectNoUserTwice();
    }
    workos().onRequest = undefined;
    // Requests of a killed run still take effect in WorkOS.
    await delay(100);
    const last = resultOf(await setting.run(send));
    expectNoUserTwice();
    expect(last.inDoubt.count).toBeGreaterThan(0);
    expect(last.remaining).toBe(0);
    const reached = new Set([...setting.mailed(), ...idsOf(last.inDoubt.items)]);
    expect([...reached].sort()).toEqual(eligible.sort());
    expect(last.alreadySent + last.sent + last.inDoubt.count).toBe(eligible.length);

    // With --retry-in-doubt it mails the users in doubt, and no others.
    const known = setting.mailed().length;
    const retried = resultOf(await setting.run([...send, '--retry-in-doubt']));
    expect(retried).toMatchObject({ sent: last.inDoubt.count, inDoubt: { count: 0 } });
    const again = setting.mailed().slice(known);
    expect(again.sort()).toEqual(idsOf(last.inDoubt.items).sort());
  }, 120_000);

  it('mails no user twice when an answer is lost, broken or not from WorkOS, and reports the user in doubt', async () => {
    const faults: [string, Fault][] = [
      ['no_answer', { kind: 'reset', afterApplying: true }],
      ['status_500', { kind: 'status', status: 500, afterApplying: true }],
      ['status_503', { kind: 'status', status: 503, headers: { 'retry-after': '1' } }],
      ['status_408', { kind: 'status', status: 408, afterApplying: true }],
      ['status_502', { kind: 'html', status: 502, afterApplying: true }],
      ['status_403', { kind: 'html', status: 403 }],
      ['unreadable_answer', { kind: 'garbage', afterApplying: true }],
      ['unreadable_answer', { kind: 'status', status: 201, body: {}, afterApplying: true }],
      ['no_answer', { kind: 'status', status: 302, headers: { location: '/elsewhere' } }],
    ];
    const byEmail = new Map<string, Fault>();
    const expected: object[] = [];
    for (const [n, [reason, fault]] of faults.entries()) {
      const user = setting.both(2 * n);
      setting.both(2 * n + 1);
      byEmail.set(user.email, fault);
      expected.push({ workosUserId: user.id, sub: subOf(2 * n), reason });
    }
    failPosts(byEmail);
    // One at a time, so that every second answer is a good one.
    const first = await setting.run([...send, '--rate', '15']);
    expect(first.code).toBe(1);
    const result = resultOf(first);
    expect(result).toMatchObject({ sent: faults.length, remaining: 0, ended: 'complete' });
    expect(result.inDoubt.items).toEqual(expected);
    expect(posts()).toHaveLength(2 * faults.length);

    // Later runs do not mail the users in doubt.
    workos().onRequest = undefined;
    const second = await setting.run(send);
    expect(second.code).toBe(1);
    expect(resultOf(second)).toMatchObject({ sent: 0, inDoubt: { count: faults.length } });
    const text = await setting.run([]);
    expect(text.stdout).toMatch(/may or may not have got their mail.*--retry-in-doubt/s);
    expect(posts()).toHaveLength(2 * faults.length);
    expectNoUserTwice();
  });

  it('mails no user twice when WorkOS answers no request, and stops with few users in doubt', async () => {
    for (let n = 0; n < 80; n++) setting.both(n);
    workos().onRequest = ({ method }) =>
      method === 'POST' ? { kind: 'reset', afterApplying: true } : undefined;
    const { code, stdout, stderr } = await setting.run(send);
    expect(code).toBe(1);
    expect(stderr).toMatch(/one mail after the other unanswered/);
    const result = JSON.parse(stdout);
    expect(result.ended).toBe('doubts');
    // No more than the mails in flight, of which there are 32 at most.
    expect(result.inDoubt.count).toBeLessThanOrEqual(32);
    expect(result.inDoubt.count + result.remaining).toBe(80);
    workos().onRequest = undefined;
    expect(resultOf(await setting.run(send)).sent).toBe(result.remaining);
    expectNoUserTwice();
    expect(setting.mailed()).toHaveLength(80);
  });

  it('mails no user twice after Ctrl-C, records the mails under way, and starts no other', async () => {
    for (let n = 0; n < 200; n++) setting.both(n);
    const child = setting.start([...send, '--rate', '100']);
    while (setting.mailed().length < 10) await delay(2);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await child.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/same command again/);
    const stopped = setting.mailed().length;
    expect(stopped).toBeLessThan(200);
    expect(JSON.parse(stdout)).toMatchObject({
      ended: 'stopped',
      sent: stopped,
      remaining: 200 - stopped,
      inDoubt: { count: 0 },
    });
    const rest = resultOf(await setting.run(send));
    expect(rest).toMatchObject({ alreadySent: stopped, sent: 200 - stopped });
    expectNoUserTwice();
  });

  it('counts a mail in doubt towards --limit', async () => {
    const first = setting.both(0);
    for (let n = 1; n < 6; n++) setting.both(n);
    failPosts(new Map([[first.email, { kind: 'reset', afterApplying: true }]]));
    const result = resultOf(await setting.run([...send, '--limit', '3']));
    expect(result).toMatchObject({ sent: 2, inDoubt: { count: 1 }, remaining: 3 });
    expect(setting.mailed()).toHaveLength(3);
  });

  it('reports a mail as failed when its email moved to another user at the last moment', async () => {
    const user = setting.both(0);
    const other = setting.both(1, {}, { UserStatus: 'EXTERNAL_PROVIDER' });
    workos().onRequest = ({ method }) =>
      method === 'POST'
        ? { kind: 'status', status: 201, body: { user_id: other.id, email: user.email } }
        : undefined;
    const { failed, sent } = resultOf(await setting.run(send));
    expect(sent).toBe(0);
    expect(failed.items).toEqual([
      { workosUserId: user.id, sub: subOf(0), reason: 'email_moved_to_another_user' },
    ]);
  });
});
