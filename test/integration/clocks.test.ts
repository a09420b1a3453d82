import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { poolUser, subOf } from '../fixtures/pool-users.ts';
import { exportUsers } from '../rigs/exported-users.ts';
import { startVerifySetting, type VerifySetting } from '../rigs/verify-run.ts';

const HOUR = 3_600_000;
let setting: VerifySetting;
beforeEach(async () => {
  setting = await startVerifySetting();
});
afterEach(() => setting.close());
const workos = () => setting.workos.control;
const user = () => workos().userByEmail('user-0@example.com');
const syncedAt = () => Date.parse(user()?.metadata.cognito_synced_at ?? '');

/** Shifts the clock of the command by so many milliseconds, not that of Cognito and WorkOS. */
function clockOff(by: number): Record<string, string> {
  const code = `
    const { now } = Date;
    Date.now = () => now() + ${by};
    globalThis.Date = class extends Date {
      constructor(...args) { args.length === 0 ? super(Date.now()) : super(...args); }
    };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

const fix = (by: number, args: string[] = []) => setting.verify(['--fix', ...args], clockOff(by));

describe('verify --fix on a machine whose clock is wrong', () => {
  it.each([
    ['an hour ahead', HOUR],
    ['an hour behind', -HOUR],
  ])('writes the time of Cognito to cognito_synced_at when its clock is %s', async (_, by) => {
    setting.cognito.control.put(poolUser(0));
    const { code } = await fix(by);
    expect(code).toBe(0);
    expect(Math.abs(syncedAt() - Date.now())).toBeLessThan(60_000);
    expect(syncedAt()).toBeLessThanOrEqual(Date.now());
  });

  it('takes exported files for older by the error of its clock, and overwrites nothing newer', async () => {
    // Half an hour ago, as a machine dates it whose clock is an hour ahead.
    const exportedAt = new Date(Date.now() + HOUR / 2);
    const users = [poolUser(0, { given_name: 'Exported' })];
    const folder = await exportUsers(setting.directory, users, exportedAt);
    setting.cognito.control.put(poolUser(0));
    await setting.seed();
    expect(user()?.first_name).toBe('Given0');
    const ended = await setting.run(['--fix', '--from', folder], clockOff(HOUR));
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/older than what WorkOS has of every user/);
    expect(user()?.first_name).toBe('Given0');
  });
});

describe('verify --fix, when cognito_synced_at lies in the future', () => {
  it('writes a live change, and a time that is not in the future', async () => {
    setting.cognito.control.put(poolUser(0));
    await setting.seed();
    const metadata = {
      ...user()?.metadata,
      cognito_synced_at: new Date(Date.now() + HOUR).toISOString(),
    };
    workos().updateUser(user()?.id ?? '', { metadata });
    setting.cognito.control.update(subOf(0), { attributes: { given_name: 'Now' } });
    expect(await setting.verify(['--fix'])).toMatchObject({ inSync: true });
    expect(user()?.first_name).toBe('Now');
    expect(syncedAt()).toBeLessThanOrEqual(Date.now());
  });
});
