import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { poolUser } from '../fixtures/pool-users.ts';
import { type ResetSetting, startResetSetting } from '../rigs/reset-run.ts';
import { startInTerminal } from '../rigs/terminal-run.ts';

let setting: ResetSetting;
beforeEach(async () => {
  setting = await startResetSetting();
});
afterEach(() => setting.close());

const pool = () => ['--user-pool-id', setting.cognito.userPoolId];
const QUESTION = /Type the number to go on: /;
const CTRL_C = '\x03';
const CTRL_D = '\x04';

function putUsers(count: number): void {
  for (let n = 0; n < count; n++) setting.both(n);
}

/** WorkOS users with an unverified email, with the addresses of verified Cognito users. */
function putUnverified(count: number): void {
  for (let n = 0; n < count; n++) {
    setting.cognito.control.put(poolUser(n));
    setting.workos.control.seedUser({ email: `user-${n}@example.com`, email_verified: false });
  }
}

const takenOver = () =>
  setting.workos.control.users().filter(({ external_id }) => external_id !== null).length;

describe('reset-passwords --send on a terminal', () => {
  const args = () => ['reset-passwords', ...pool(), '--send', '--all', '--rate', '200'];

  test('shows pool, environment and number, and mails when the number is typed', async () => {
    putUsers(11);
    const run = startInTerminal(setting, args());
    await run.typeAt(QUESTION, '11\r');
    const { code, screen } = await run.ended;
    expect(screen.replaceAll(/\s+/g, ' ')).toContain(
      `This will mail a password reset to 11 people of ${setting.cognito.userPoolId}, through the WorkOS sandbox environment at ${setting.workos.hostname}. Type the number`,
    );
    expect(code).toBe(0);
    expect(setting.mailed()).toHaveLength(11);
  });

  test.each([
    ['another number is typed', '12\r', 2, /11 was not typed: nothing was done/],
    ['y is typed', 'y\r', 2, /11 was not typed: nothing was done/],
    ['the input ends', CTRL_D, 2, /11 was not typed: nothing was done/],
    ['Ctrl-C is pressed', CTRL_C, 130, /Stopped before anything was sent/],
  ])('mails no user when %s at the question', async (_, keys, exit, line) => {
    putUsers(11);
    const run = startInTerminal(setting, args());
    await run.typeAt(QUESTION, keys);
    const { code, screen } = await run.ended;
    expect(screen).toMatch(line);
    expect(code).toBe(exit);
    expect(setting.mailed()).toEqual([]);
    expect(setting.workos.control.countRequests().writes).toBe(0);
  });

  test('asks nothing up to the bound of ten mails', async () => {
    putUsers(10);
    const { code, screen } = await startInTerminal(setting, args()).ended;
    expect(code).toBe(0);
    expect(screen).not.toMatch(QUESTION);
    expect(setting.mailed()).toHaveLength(10);
  });
});

describe('reset-passwords --send without a terminal', () => {
  const send = ['--send', '--all', '--rate', '200'];

  test.each([
    ['the input is closed', ''],
    ['every question is answered (yes |)', `${'y\n'.repeat(500)}`],
    ['the number is piped in', '11\n'],
  ])('mails no user above the bound without --yes when %s', async (_, input) => {
    putUsers(11);
    const child = setting.start(send);
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    const { code, stdout, stderr } = await child.ended;
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/error: this would mail .* 11 people .*: give --yes if that is meant/);
    expect(setting.mailed()).toEqual([]);
  });

  test('does not wait for an input that never comes', async () => {
    putUsers(11);
    expect(await setting.run(send)).toMatchObject({ code: 2 });
  });

  test('mails with --yes, and up to the bound of --limit without it', async () => {
    putUsers(25);
    expect(await setting.run([...send, '--limit', '10'])).toMatchObject({ code: 0 });
    expect(setting.mailed()).toHaveLength(10);
    expect(await setting.run([...send, '--yes'])).toMatchObject({ code: 0 });
    expect(setting.mailed()).toHaveLength(25);
  });
});

describe('verify --fix', () => {
  const args = () => ['verify', ...pool(), '--fix', '--settle', '0', '--rate', '500'];
  const putMissing = (count: number) => {
    for (let n = 0; n < count; n++) setting.cognito.control.put(poolUser(n));
  };

  test('writes nothing above a hundred users without a terminal and without --yes', async () => {
    putMissing(101);
    const { code, stderr } = await setting.runOther('verify', args().slice(3));
    expect(code).toBe(2);
    expect(stderr).toMatch(/this would fix 101 users of .*: give --yes/);
    expect(setting.workos.control.countRequests().writes).toBe(0);
    const told = await setting.runOther('verify', [...args().slice(3), '--yes']);
    expect(told.code).toBe(0);
    expect(setting.workos.control.users()).toHaveLength(101);
  });

  test('fixes on a terminal when the number is typed, and nothing after Ctrl-C', async () => {
    putMissing(101);
    const stopped = startInTerminal(setting, args());
    await stopped.typeAt(QUESTION, CTRL_C);
    expect(await stopped.ended).toMatchObject({ code: 130 });
    expect(setting.workos.control.countRequests().writes).toBe(0);
    const run = startInTerminal(setting, args());
    await run.typeAt(QUESTION, '101\r');
    expect(await run.ended).toMatchObject({ code: 0 });
    expect(setting.workos.control.users()).toHaveLength(101);
  });

  test('takes no WorkOS user over above ten without --yes', async () => {
    putUnverified(11);
    const take = [...args().slice(3), '--take-over-unverified'];
    const { code, stderr } = await setting.runOther('verify', take);
    expect(code).toBe(2);
    expect(stderr).toMatch(/take over.* 11 WorkOS users with an unverified email/);
    expect(takenOver()).toBe(0);
    await setting.runOther('verify', [...take, '--yes']);
    expect(takenOver()).toBe(11);
  });
});

describe('seed --take-over-unverified', () => {
  const args = () => ['--rate', '500', '--take-over-unverified'];

  test('asks before the first of more than ten take-overs, and goes on after it with --yes', async () => {
    putUnverified(11);
    setting.cognito.control.put(poolUser(100));
    const { code, stderr } = await setting.runOther('seed', args());
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /11 WorkOS users .*give --yes if that is meant; no WorkOS user was taken/,
    );
    // The user that stands in no doubt was made.
    expect(takenOver()).toBe(1);
    expect(await setting.runOther('seed', [...args(), '--yes'])).toMatchObject({ code: 0 });
    expect(takenOver()).toBe(12);
  });

  test('on a terminal takes over when the number is typed, and none after Ctrl-C', async () => {
    putUnverified(11);
    const stopped = startInTerminal(setting, ['seed', ...pool(), ...args()]);
    await stopped.typeAt(QUESTION, CTRL_C);
    expect(await stopped.ended).toMatchObject({ code: 130 });
    expect(takenOver()).toBe(0);
    const run = startInTerminal(setting, ['seed', ...pool(), ...args()]);
    await run.typeAt(QUESTION, '11\r');
    expect(await run.ended).toMatchObject({ code: 0 });
    expect(takenOver()).toBe(11);
  });

  test('asks nothing up to ten, and nothing in a dry run', async () => {
    putUnverified(11);
    expect(await setting.runOther('seed', [...args(), '--dry-run'])).toMatchObject({ code: 0 });
    setting.cognito.control.remove('00000000-0000-4000-8000-000000000010');
    expect(await setting.runOther('seed', args())).toMatchObject({ code: 0 });
    expect(takenOver()).toBe(10);
  });
});
