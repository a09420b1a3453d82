import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { poolUser } from '../fixtures/pool-users.ts';
import { type SeedSetting, startSeedSetting } from '../rigs/seed-run.ts';

let setting: SeedSetting;
beforeEach(async () => {
  setting = await startSeedSetting();
  for (let n = 0; n < 3; n++) setting.cognito.control.put(poolUser(n));
});
afterEach(() => setting.close());
const users = () => setting.workos.control.users();
const readOf = (stdout: string) => JSON.parse(stdout).read;

describe('a seed after one that did not end well', () => {
  test('mirrors the users who came since, when the report of the earlier one could not be written', async () => {
    const failed = await setting.run(['--report', '/dev/full']);
    expect(failed.code).toBe(2);
    setting.cognito.control.put(poolUser(3));
    const next = await setting.run(['--json']);
    expect(next.code, next.stderr).toBe(0);
    expect(readOf(next.stdout)).toBe(4);
    expect(users()).toHaveLength(4);
  });

  test('mirrors the users who came since, when the earlier one was killed after it had listed the pool', async () => {
    const child = setting.start(['--rate', '1000']);
    let creates = 0;
    setting.workos.control.onRequest = ({ method }) => {
      if (method !== 'POST' || ++creates < 3) return undefined;
      child.kill('SIGKILL');
      return { kind: 'hang' };
    };
    await child.ended;
    setting.workos.control.onRequest = undefined;
    setting.cognito.control.put(poolUser(3));
    const next = await setting.run(['--json', '--rate', '1000']);
    expect(next.code, next.stderr).toBe(0);
    expect(next.stderr).toContain('Resuming a run');
    expect(readOf(next.stdout)).toBe(4);
    expect(users()).toHaveLength(4);
  });
});
