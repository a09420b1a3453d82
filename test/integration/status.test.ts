import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLastRun } from '../../src/ledger/last-run.ts';
import { poolUser } from '../fixtures/pool-users.ts';
import { expectResult } from '../fixtures/result-schema.ts';
import { toEnvironment } from '../rigs/command-run.ts';
import { type StatusRig, startStatusRig } from '../rigs/status-rig.ts';
import { runOnTerminal } from '../rigs/terminal-run.ts';

let rig: StatusRig;

beforeAll(async () => {
  rig = await startStatusRig();
  for (let n = 0; n < 3; n++) rig.cognito.control.put(poolUser(n));
});
afterAll(() => rig.close());

const STAGE = ['--stage', 'prod'];
const run = (command: string, ...args: string[]) => rig.run(command, [...STAGE, ...args], rig.env);
const lastRun = (name: 'seed' | 'verify') =>
  readLastRun({ client: rig.dynamodb.client, table: rig.dynamodb.table }, name);

async function status() {
  const result = expectResult('status', await run('status', '--json'));
  const { facts } = result;
  return { ...result, runs: [facts.seed, facts.verify, facts.resetPasswords] };
}

describe('cws status', () => {
  it('shows what seed, verify and reset-passwords have left in the ledger, and a dry run leaves nothing', async () => {
    expect((await run('seed', '--dry-run')).code).toBe(0);
    expect(await lastRun('seed')).toBeUndefined();
    expect((await run('seed')).code).toBe(0);
    expect((await run('verify', '--settle', '0')).code).toBe(0);
    expect((await run('reset-passwords', '--send', '--limit', '2')).code).toBe(0);
    const { well, next, runs } = await status();
    expect(runs).toMatchObject([
      { value: { figures: { read: 3, created: 3, skipped: 0, failed: 0 } } },
      {
        value: {
          figures: { inSync: true, checked: 3, agreeing: 3, passwordUsers: 3, mailsDue: 3 },
        },
      },
      { value: { figures: { end: 'limit', mailedInAll: 2, recipients: 3, remaining: 1 } } },
    ]);
    expect(well).toBe(true);
    expect(next).toMatchObject({
      step: 'mail',
      command: 'npx cws reset-passwords --stage prod --send --all',
    });
  });

  it('is not the reason for a verify to fail that cannot leave its result', async () => {
    const before = await lastRun('verify');
    rig.dynamodb.isFailing = (action) => action === 'PutItem';
    const { code, stderr } = await run('verify', '--settle', '0');
    rig.dynamodb.isFailing = undefined;
    expect(code).toBe(0);
    expect(stderr).toContain('allow dynamodb:PutItem on the item #last#verify');
    expect(await lastRun('verify')).toEqual(before);
  });

  it('ends with 1 and names what is wrong, when a trigger is lost and alarms cannot be read', async () => {
    const { pool } = rig.cognito.control;
    const { settings } = pool;
    pool.settings = { ...settings, LambdaConfig: {} };
    rig.deployed.denied.add('DescribeAlarms');
    const { code, stdout } = await run('status');
    rig.deployed.denied.clear();
    pool.settings = settings;
    expect(code).toBe(1);
    expect(stdout).toContain('Not well: triggers, alarms.');
    expect(stdout).toContain('allow cloudwatch:DescribeAlarms');
    expect(stdout).toContain('npx cws triggers --stage prod --attach');
  });

  it.each([
    [
      'there is no such pool',
      ['--user-pool-id', 'eu-central-1_NoSuchPool'],
      'there is no user pool',
    ],
    ['no service answers', STAGE, 'nothing can be found out'],
  ])('ends with 2 and one line when %s', async (_, args, line) => {
    const nowhere = { AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: 'http://127.0.0.1:9' };
    const env = args === STAGE ? nowhere : rig.env;
    const { code, stdout, stderr } = await rig.run('status', args, env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(`error: ${line}`)]);
  });

  it('ends with 2 when the stage is of another pool', async () => {
    rig.deployed.stackParameters.UserPoolId = 'eu-central-1_Another';
    const { code, stderr } = await run('status');
    rig.deployed.stackParameters.UserPoolId = rig.cognito.userPoolId;
    expect(code).toBe(2);
    expect(stderr).toContain('is deployed for the user pool eu-central-1_Another');
  });
});

describe('cws status --watch', () => {
  it('prints one result a line, and ends with 130 at Ctrl-C', async () => {
    const child = rig.start('status', [...STAGE, '--json', '--watch', '2'], rig.env);
    let lines = '';
    while (lines.split('\n').length < 3)
      lines += String((await once(child.stdout ?? child, 'data'))[0]);
    child.kill('SIGINT');
    const { code, stdout } = await child.ended;
    expect(code).toBe(130);
    const [first, second] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({ command: 'status', well: true });
    expect(Date.parse(second.lookedAt)).toBeGreaterThan(Date.parse(first.lookedAt));
  });

  it('ends when its reader has gone', async () => {
    const child = rig.start('status', [...STAGE, '--watch', '2'], rig.env);
    await once(child.stdout ?? child, 'data');
    child.stdout?.destroy();
    expect((await child.ended).code).toBe(130);
  });

  it('gives the terminal back as it was, with the last look on it', async () => {
    const terminal = runOnTerminal(['status', ...STAGE, '--watch'], {
      cwd: rig.directory,
      env: { ...toEnvironment(rig), ...rig.env },
    });
    await terminal.typeAt('Ctrl-C ends it', '\u0003');
    const { code, screen } = await terminal.ended;
    expect(code).toBe(130);
    const [, afterwards = ''] = screen.split('\u001b[?1049l');
    expect(screen).toContain('\u001b[?1049h');
    expect(afterwards).toContain('All is well.');
    expect(screen.lastIndexOf('\u001b[?25h')).toBeGreaterThan(screen.lastIndexOf('\u001b[?25l'));
  });
});
