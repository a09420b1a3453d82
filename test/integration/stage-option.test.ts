import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { poolUser } from '../fixtures/pool-users.ts';
import { type CommandSetting, startCommandSetting } from '../rigs/command-run.ts';

let setting: CommandSetting;
beforeEach(async () => {
  setting = await startCommandSetting({
    cognito: { users: { count: 1, record: () => poolUser(1) } },
  });
  await mkdir(join(setting.directory, 'config'));
});
afterEach(() => setting.close());

const write = (text: string) => writeFile(join(setting.directory, 'config/prod.yml'), text);

describe('a command with --stage', () => {
  test('seed takes the user pool from the file of the stage', async () => {
    await write(`userPoolId: ${setting.cognito.userPoolId}\n`);
    const ended = await setting.run('seed', ['--stage', 'prod', '--json']);
    expect(ended).toMatchObject({ code: 0 });
    expect(JSON.parse(ended.stdout)).toMatchObject({ read: 1, created: 1 });
  });

  test.each([
    [
      'another pool in --user-pool-id',
      '',
      ['--user-pool-id', 'us-east-1_Other'],
      /is not the pool of the stage/,
    ],
    ['a file without a pool', 'workosShare: 0.5', [], /config\/prod\.yml names no user pool/],
    [
      'a misspelled setting',
      'userPoolID: x',
      [],
      /unknown setting "userPoolID": did you mean userPoolId\?/,
    ],
    [
      'a misspelled stage',
      '',
      ['--stage', 'prd'],
      /there is no config\/prd\.yml: did you mean --stage prod\?/,
    ],
  ])(
    'seed is refused in one line with %s, before anything is read',
    async (_, text, args, message) => {
      await write(text || `userPoolId: ${setting.cognito.userPoolId}\n`);
      const ended = await setting.run('seed', ['--stage', 'prod', ...args]);
      expect(ended).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).toMatch(message);
      expect(ended.stderr.trim().split('\n')).toHaveLength(1);
      expect(setting.cognito.control.requests).toEqual([]);
    },
  );

  test('preflight of a misspelled stage says so, where nothing names a pool', async () => {
    await write(`userPoolId: ${setting.cognito.userPoolId}\n`);
    const ended = await setting.run('preflight', ['--stage', 'prd']);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/did you mean --stage prod\?; or give --user-pool-id/);
  });

  test('seed without a pool and without a stage says which two ways there are to name one', async () => {
    const ended = await setting.run('seed', []);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/--user-pool-id, or --stage/);
  });
});
