import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStageFile } from '../../src/stage/stage-file.ts';
import { expectViolations } from '../contracts/expect-violations.ts';
import { POOL } from '../fixtures/factories.ts';
import { type CommandSetting, startCommandSetting } from '../rigs/command-run.ts';
import { runOnTerminal } from '../rigs/terminal-run.ts';
import { type AwsAnswer, type AwsServices, startAwsServices } from '../stand-ins/aws-services.ts';

const REGION = 'eu-central-1';
const ACCOUNT = '123456789012';
const WELCOME = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:members-welcome`;
const OTHERS = [
  { id: `${REGION}_Other0001`, name: 'Staff' },
  { id: POOL, name: 'Members \u001b[31mof Acme' },
];

const ok = (body: object): AwsAnswer => ({ kind: 'ok', body });
let setting: CommandSetting;
let aws: AwsServices;
afterEach(async () => {
  await setting.close();
  await aws.close();
});

async function start(userPools?: { id: string; name: string }[]): Promise<void> {
  setting = await startCommandSetting({
    cognito: { userPoolId: POOL, ...(userPools && { userPools }) },
  });
  setting.cognito.control.pool.settings.LambdaConfig = { PostConfirmation: WELCOME };
  const arn = `arn:aws:iam::${ACCOUNT}:user/deployer`;
  aws = await startAwsServices({
    GetCallerIdentity: () => ok({ Account: ACCOUNT, Arn: arn, UserId: 'x' }),
    GetParameter: ({ Name }) =>
      ok({ Parameter: { Name, Type: 'SecureString', Value: setting.workos.apiKey, Version: 1 } }),
    GetFunctionConfiguration: () => ok({ FunctionName: 'members-welcome', Timeout: 3 }),
  });
}

const env = () => ({ AWS_REGION: REGION, ...aws.env });
const run = (args: string[] = [], more: Record<string, string> = {}) =>
  setting.run('init', args, { ...env(), ...more });
const file = (stage = 'prod') => join(setting.directory, 'config', `${stage}.yml`);

describe('cws init', () => {
  beforeEach(() => start());

  it('takes the only pool, chains its function, prints preflight and the next command', async () => {
    const ended = await run();

    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain(`The only user pool of ${REGION}: ${POOL}  Members`);
    expect(ended.stdout).toMatch(/ok +chained-post-confirmation.*\n[\s\S]*Ready to deploy/);
    expect(ended.stdout).toContain('config/prod.yml is written');
    expect(ended.stdout.trim().split('\n').at(-1)).toBe('  npx serverless deploy --stage prod');
    expect(readStageFile('prod', setting.directory)?.settings).toEqual({
      userPoolId: POOL,
      region: REGION,
      chainPostConfirmation: WELCOME,
      workosApiKeyParameter: '/cognito-workos-sync/prod/workos-api-key',
    });
    expect((await stat(file())).mode & 0o777).toBe(0o644);
    expect(await readdir(join(setting.directory, 'config'))).toEqual(['prod.yml']);
  });

  it('with --json prints one object, whose settings the other commands then read', async () => {
    const ended = await run(['--stage', 'dev', '--user-pool-id', POOL, '--json']);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      command: 'init',
      version: expect.any(String),
      userPoolId: POOL,
      exit: 0,
      stage: 'dev',
      file: 'config/dev.yml',
      written: true,
      settings: { userPoolId: POOL, chainPostConfirmation: WELCOME },
      preflight: { ready: true },
      next: 'npx serverless deploy --stage dev',
    });
    const preflight = await setting.run('preflight', ['--stage', 'dev', '--json'], env());
    expect(preflight.code).toBe(0);
  });

  it('with --dry-run prints the file and writes nothing', async () => {
    const ended = await run(['--dry-run']);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/^# The settings of the stage prod/);
    expect(ended.stdout).toContain(`chainPostConfirmation: ${WELCOME}`);
    expect(ended.stderr).toContain('Ready to deploy');
    expect(await readdir(setting.directory)).not.toContain('config');
  });

  it('ends with 1 where preflight has failed, and the file is written all the same', async () => {
    aws.actions.GetParameter = () => ({ kind: 'error', type: 'ParameterNotFound' });
    const ended = await run();
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('Next, when what failed above is put right');
    expect(await readFile(file(), 'utf8')).toContain(POOL);
  });

  it('does not overwrite another file without --force, and shows what would change', async () => {
    await mkdir(join(setting.directory, 'config'));
    const topic = `arn:aws:sns:${REGION}:${ACCOUNT}:alarms`;
    const before = `userPoolId: ${POOL}\nregion: ${REGION}\nalarmTopicArn: ${topic}\n`;
    await writeFile(file(), before, { mode: 0o600 });
    await chmod(file(), 0o600);

    const refused = await run();

    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(`  - alarmTopicArn: ${topic}\n`);
    expect(refused.stderr).toContain(`  + chainPostConfirmation: ${WELCOME}\n`);
    expect(refused.stderr).toContain('error: config/prod.yml is there already: --force overwrites');
    expect(await readFile(file(), 'utf8')).toBe(before);

    expect((await run(['--force'])).code).toBe(0);
    expect(await readFile(file(), 'utf8')).toContain(WELCOME);
    expect((await stat(file())).mode & 0o777).toBe(0o644);
    // Written again, it is the same.
    expect((await run()).code).toBe(0);
  });

  it('overwrites a file that is not YAML only with --force', async () => {
    await mkdir(join(setting.directory, 'config'));
    await writeFile(file(), 'userPoolId: [\n');
    expect((await run()).stderr).toContain('the whole file: config/prod.yml is not YAML');
    expect((await run(['--force'])).code).toBe(0);
  });

  it('follows assess in the list of commands', async () => {
    const { stdout } = await setting.run('--help');
    expect(stdout).toMatch(/assess \[options\][\s\S]*init \[options\][\s\S]*preflight \[options\]/);
    expect(stdout).toMatch(/npx cws assess .*\n {2}npx cws init --stage prod/);
  });
});

describe('cws init in a region with several pools', () => {
  beforeEach(() => {
    // No pool can be named so.
    expectViolations(/ListUserPools, answer .*Name: pattern/);
    return start(OTHERS);
  });

  it('names them in one line and ends with 2 without a terminal', async () => {
    const ended = await run();
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toBe(
      `error: there are 2 user pools in ${REGION}: give --user-pool-id with one of ${REGION}_Other0001 (Staff), ${POOL} (Members ?[31mof Acme)\n`,
    );
  });

  const onTerminal = () =>
    runOnTerminal(['init'], {
      cwd: setting.directory,
      env: {
        ...env(),
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: setting.cognito.endpoint,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        WORKOS_API_KEY: setting.workos.apiKey,
        WORKOS_API_HOSTNAME: setting.workos.hostname,
        WORKOS_API_PORT: String(setting.workos.port),
        WORKOS_API_HTTPS: 'false',
      },
    });

  it('asks on a terminal which is meant', async () => {
    const terminal = onTerminal();
    await terminal.shows('Type its number (1-2): ');
    terminal.type('2\r');
    const { code, screen } = await terminal.ended;
    expect(screen).toContain(`2  ${POOL}  Members ?[31mof Acme`);
    expect(code).toBe(0);
    expect(readStageFile('prod', setting.directory)?.settings.userPoolId).toBe(POOL);
  });

  it.each([
    ['another answer', '3\r', 2, 'no number of 1 to 2 was typed: nothing was written'],
    ['Ctrl-D', '\u0004', 2, 'no number of 1 to 2 was typed: nothing was written'],
    ['Ctrl-C', '\u0003', 130, ''],
  ])('writes nothing at %s', async (_, typed, code, line) => {
    const terminal = onTerminal();
    await terminal.shows('Type its number');
    terminal.type(typed);
    const ended = await terminal.ended;
    expect(ended.code).toBe(code);
    expect(ended.screen).toContain(line);
    expect(ended.screen).not.toContain('defect');
    expect(await readdir(setting.directory)).not.toContain('config');
  });
});

describe('what cws init cannot do', () => {
  beforeEach(() => start());

  it.each<[string, string[], Record<string, string>, string]>([
    [
      'without a region',
      [],
      { AWS_REGION: '' },
      'which region? Give --region or --user-pool-id, or set AWS_REGION',
    ],
    [
      'without credentials',
      [],
      {
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      },
      'there are no usable AWS credentials',
    ],
    [
      'for a pool of another region than --region',
      ['--user-pool-id', POOL, '--region', 'us-east-1'],
      {},
      `the user pool ${POOL} is in ${REGION}, and --region says us-east-1`,
    ],
    [
      'for a pool of another region than AWS_REGION',
      ['--user-pool-id', POOL],
      { AWS_REGION: 'us-east-1' },
      `AWS_REGION says us-east-1: give --region ${REGION}`,
    ],
    [
      'for a pool that does not exist',
      ['--user-pool-id', `${REGION}_Nowhere01`],
      {},
      `there is no user pool ${REGION}_Nowhere01 in this AWS account`,
    ],
    [
      'where Cognito cannot be reached',
      [],
      { AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: 'http://127.0.0.1:9' },
      `Cognito cannot be reached in ${REGION} (ECONNREFUSED)`,
    ],
    ['for a stage whose name is none', ['--stage', '../x'], {}, 'letters, digits and hyphens'],
  ])('%s is said in one line', async (_, args, more, line) => {
    const ended = await run(args, more);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(line);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
    expect(await readdir(setting.directory)).not.toContain('config');
  });

  it.each([
    ['ListUserPools', [], 'allow cognito-idp:ListUserPools, or give --user-pool-id'],
    ['DescribeUserPool', ['--user-pool-id', POOL], 'allow cognito-idp:DescribeUserPool'],
  ])('without the permission for %s is said in one line', async (action, args, line) => {
    setting.cognito.control.onRequest = (call) =>
      call.action === action ? { kind: 'error', type: 'AccessDeniedException' } : undefined;
    const ended = await run(args);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
    expect(ended.stderr).toContain(line);
  });

  it('in a region without pools is said in one line', async () => {
    await setting.close();
    await aws.close();
    await start([]);
    const ended = await run();
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(`there is no user pool in ${REGION}: give another --region`);
  });

  it('where the file cannot be written is said in one line', async () => {
    await writeFile(join(setting.directory, 'config'), 'a file');
    const ended = await run();
    expect(ended.code).toBe(2);
    expect(ended.stderr.trim().split('\n').at(-1)).toMatch(
      /^error: .*config\/prod\.yml cannot be (read|written) \(/,
    );
  });
});
