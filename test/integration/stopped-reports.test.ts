import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { poolUser } from '../fixtures/pool-users.ts';
import { type ResetSetting, startResetSetting } from '../rigs/reset-run.ts';

const LAST_GOOD_REPORT = 'last good report\n';
let setting: ResetSetting;
let temporary: string;
beforeEach(async () => {
  setting = await startResetSetting();
  temporary = join(setting.directory, 'tmp');
  mkdirSync(temporary);
});
afterEach(() => setting.close());

const control = () => setting.workos.control;
const path = (name: string) => join(setting.directory, name);
const start = (command: string, args: string[]) =>
  setting.startOther(command, args, { TMPDIR: temporary, SQLITE_TMPDIR: temporary });

/** Each command in the middle of its work, with the requests at which it is. */
const COMMANDS: [name: string, args: string[], reports: string[], isInTheMiddle: () => boolean][] =
  [
    [
      'seed',
      ['--rate', '20', '--report', 'report.jsonl'],
      ['report.jsonl'],
      () => control().users().length > 5,
    ],
    [
      'verify',
      ['--settle', '0', '--report', 'report.jsonl', '--html', 'page.html'],
      ['report.jsonl', 'page.html'],
      () => control().requests.length > 0,
    ],
    [
      'reset-passwords',
      ['--send', '--all', '--yes', '--rate', '20', '--report', 'report.jsonl'],
      ['report.jsonl'],
      () => setting.mailed().length > 5,
    ],
  ];

function putUsers(command: string): void {
  for (let n = 0; n < 200; n++) {
    if (command === 'reset-passwords') setting.both(n);
    else setting.cognito.control.put(poolUser(n));
  }
}

function expectLastGood(reports: string[]): void {
  for (const name of reports) expect(readFileSync(path(name), 'utf8')).toBe(LAST_GOOD_REPORT);
  expect(readdirSync(setting.directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect(readdirSync(temporary)).toEqual([]);
}

describe.each(COMMANDS)('%s', (command, args, reports, isInTheMiddle) => {
  beforeEach(() => {
    putUsers(command);
    // A comparison has no middle of its own: it stands still while WorkOS lists its users.
    if (command === 'verify') control().onRequest = () => ({ kind: 'hang' });
    for (const name of reports) writeFileSync(path(name), LAST_GOOD_REPORT);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'leaves the last good report, and nothing beside it, when %s stops it in the middle',
    async (signal) => {
      const child = start(command, args);
      while (!isInTheMiddle()) await delay(5);
      child.kill(signal);
      const { code, stdout } = await child.ended;
      expect(code).toBe(130);
      expect(stdout).not.toBe('');
      expectLastGood(reports);
    },
  );

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'leaves the last good report, and nothing beside it, when a second %s ends it at once',
    async (signal) => {
      const child = start(command, args);
      while (!isInTheMiddle()) await delay(5);
      // An answer that never comes holds the first signal's good order up.
      control().onRequest = () => ({ kind: 'hang' });
      await delay(300);
      child.kill(signal);
      // Within a second it is taken for the first one again, and a loaded machine may deliver that late.
      const again = setInterval(() => child.kill(signal), 1_100);
      const { code, stdout } = await child.ended;
      clearInterval(again);
      // What is stopped in good order prints its result.
      expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
      expectLastGood(reports);
    },
  );

  test('leaves the last good report when WorkOS refuses the key in the middle', async () => {
    const child = start(command, args);
    control().onRequest = () => ({ kind: 'status', status: 401, body: { message: 'no' } });
    expect((await child.ended).code).toBe(2);
    expectLastGood(reports);
  });
});

describe('a report that is finished', () => {
  test.each(['seed', 'verify', 'reset-passwords'])(
    'of %s takes the place of the last one, for its owner alone',
    async (command) => {
      for (let n = 0; n < 3; n++) setting.both(n);
      writeFileSync(path('report.jsonl'), LAST_GOOD_REPORT, { mode: 0o644 });
      const { code } = await start(command, ['--report', 'report.jsonl']).ended;
      expect(code === 0 || code === 1).toBe(true);
      const lines = readFileSync(path('report.jsonl'), 'utf8').trim().split('\n');
      expect(lines.map((line) => typeof JSON.parse(line))).toEqual(['object', 'object', 'object']);
      expect(statSync(path('report.jsonl')).mode & 0o777).toBe(0o600);
      expect(readdirSync(setting.directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    },
  );

  test('of verify is a page where the name of --report ends in .html', async () => {
    setting.both(0);
    await start('verify', ['--settle', '0', '--report', 'page.html']).ended;
    expect(readFileSync(path('page.html'), 'utf8')).toMatch(/^<!doctype html>/i);
    expect(statSync(path('page.html')).mode & 0o777).toBe(0o600);
    const both = await start('verify', ['--report', 'a.html', '--html', 'b.html']).ended;
    expect(both).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--report with a name that ends in \.html is the page/),
    });
  });

  test('cannot be one file for two options of verify', async () => {
    const { code, stderr } = await start('verify', ['--report', 'a', '--html', './a']).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/--html and --report name the same file/);
  });
});

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
