import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PreflightCheckResult } from '../../src/preflight/check.ts';
import { POOL } from '../fixtures/factories.ts';
import { expectResult } from '../fixtures/result-schema.ts';
import { type CommandSetting, startCommandSetting } from '../rigs/command-run.ts';
import { type AwsAnswer, type AwsServices, startAwsServices } from '../stand-ins/aws-services.ts';

const ACCOUNT = '123456789012';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/Deployer`;
const PARAMETER = '/cognito-workos-sync/dev/workos-api-key';
const OTHER = `arn:aws:lambda:eu-central-1:${ACCOUNT}:function:welcome-mail`;
const SMS_ROLE = `arn:aws:iam::${ACCOUNT}:role/service-role/sms`;
const KMS_KEY = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/11111111-2222-4333-8444-555555555555`;
const SES_IDENTITY = `arn:aws:ses:eu-central-1:${ACCOUNT}:identity/example.com`;
const ours = (name: string, stage = 'dev') =>
  `arn:aws:lambda:eu-central-1:${ACCOUNT}:function:cognito-workos-sync-${stage}-${name}`;

const ok = (body: object): AwsAnswer => ({ kind: 'ok', body });
const error = (type: string, status = 400): AwsAnswer => ({ kind: 'error', type, status });

let setting: CommandSetting;
let aws: AwsServices;
const poolSettings = () => setting.cognito.control.pool.settings;

/** What IAM has of every role (API reference, Role). */
function role(arn: string) {
  const [, path = '', name = ''] = /:role(\/.*\/|\/)([^/]+)$/.exec(arn) ?? [];
  const RoleId = 'AROA00000000000000000';
  return { Path: path, RoleName: name, RoleId, Arn: arn, CreateDate: '2026-01-01T00:00:00Z' };
}

/** The answers of an account in which everything is in order. */
function soundActions(): AwsServices['actions'] {
  const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/Deployer/me`;
  return {
    GetCallerIdentity: () => ok({ Account: ACCOUNT, Arn: arn, UserId: 'x' }),
    GetRole: () => ok({ Role: role(ROLE) }),
    GetParameter: ({ Name }) =>
      ok({ Parameter: { Name, Type: 'SecureString', Value: setting.workos.apiKey, Version: 1 } }),
    DescribeParameters: () =>
      ok({ Parameters: [{ Name: PARAMETER, Type: 'SecureString', KeyId: 'alias/aws/ssm' }] }),
    SimulatePrincipalPolicy: (body) => ok({ EvaluationResults: decisions(body, () => 'allowed') }),
    GetAccountSettings: () =>
      ok({ AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 900 } }),
    GetFunctionConfiguration: () => ok({ FunctionName: 'welcome-mail', Timeout: 3 }),
  };
}

function decisions(body: Record<string, unknown>, decide: (action: string) => string) {
  return Object.entries(body)
    .filter(([name]) => name.startsWith('ActionNames.member.'))
    .map(([, action]) => ({
      EvalActionName: action,
      EvalResourceName: '*',
      EvalDecision: decide(String(action)),
    }));
}

beforeEach(async () => {
  setting = await startCommandSetting();
  aws = await startAwsServices(soundActions());
});
afterEach(async () => {
  await setting.close();
  await aws.close();
});

async function run(args: string[] = [], env: Record<string, string> = {}) {
  const ended = await setting.run('preflight', ['--user-pool-id', POOL, '--json', ...args], {
    AWS_REGION: 'eu-central-1',
    ...aws.env,
    ...env,
  });
  const checks: PreflightCheckResult[] =
    ended.stdout === '' ? [] : expectResult('preflight', ended).checks.items;
  const get = (name: string) => checks.find((check) => check.name === name);
  return { ...ended, checks, get };
}

describe('preflight', () => {
  it('exits with 0, shows the deployer, and prints no secret, when everything is in order', async () => {
    poolSettings().EstimatedNumberOfUsers = 100_000;
    const { code, stdout, stderr, checks, get } = await run();
    expect(checks.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).ready).toBe(true);
    expect(get('credentials')?.detail).toContain(ACCOUNT);
    expect(get('deployer-permissions')?.detail).toContain(ROLE);
    expect(get('seed')?.detail).toContain('42 minutes');
    expect(checks.map(({ name }) => name)).toEqual([
      'credentials',
      'region',
      'user-pool',
      'trigger-post-confirmation',
      'trigger-pre-authentication',
      'sms-role',
      'custom-sender-key',
      'email-sender',
      'key-parameter',
      'key-encryption',
      'workos-key',
      'deployer-permissions',
      'lambda-concurrency',
      'seed',
    ]);
    expect(stdout + stderr).not.toContain(setting.workos.apiKey);
  });

  it('prints a line for each check, with what to do under a failed one', async () => {
    poolSettings().LambdaConfig = { PreAuthentication: OTHER };
    const args = ['--user-pool-id', POOL];
    const env = { AWS_REGION: 'eu-central-1', ...aws.env };
    const { code, stdout, stderr } = await setting.run('preflight', args, env);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fail +trigger-pre-authentication +another function is attached/m);
    expect(stdout).toMatch(/^ +-> chain it: .*--param chainPreAuthentication=/m);
    expect(stdout).toContain('Not ready: 13 ok, 0 warnings, 1 failed, 0 unknown');
    expect(stderr).toBe('');
  });

  it('sends only requests that read', async () => {
    poolSettings().LambdaConfig = { PreAuthentication: OTHER };
    await run(['--chain-pre-authentication', OTHER]);
    const asked = new Set([...aws.calls, ...setting.cognito.control.requests].map((c) => c.action));
    const readOnly = /^(Get|Describe|Simulate)/;
    expect([...asked].filter((action) => !readOnly.test(action))).toEqual([]);
    expect(setting.workos.control.requests.map(({ method }) => method)).toEqual(['GET']);
  });
});

describe('preflight, about the triggers of the pool', () => {
  const chain = ['--chain-post-confirmation', OTHER];
  const check = 'trigger-post-confirmation';

  it('passes when our own functions are attached', async () => {
    poolSettings().LambdaConfig = {
      PostConfirmation: ours('postConfirmation'),
      PreAuthentication: ours('preAuthentication'),
    };
    const { code, get } = await run();
    expect(code).toBe(0);
    expect(get(check)).toMatchObject({ status: 'ok', detail: 'already attached' });
    expect(get('trigger-pre-authentication')?.detail).toBe('already attached');
  });

  it('fails when another function is attached, and names it and the parameter', async () => {
    poolSettings().LambdaConfig = { PostConfirmation: OTHER };
    const { code, get } = await run();
    expect(code).toBe(1);
    expect(get(check)?.status).toBe('fail');
    expect(get(check)?.detail).toContain(OTHER);
    expect(get(check)?.todo).toContain(`--param chainPostConfirmation=${OTHER}`);
  });

  it('passes when the attached function is to be chained', async () => {
    poolSettings().LambdaConfig = { PostConfirmation: OTHER };
    const { code, get } = await run(chain);
    expect(code).toBe(0);
    expect(get(check)?.status).toBe('ok');
    expect(get('chained-post-confirmation')).toMatchObject({ status: 'ok' });
  });

  it('fails when another function is attached than the one to be chained', async () => {
    poolSettings().LambdaConfig = { PostConfirmation: `${OTHER}-new` };
    const { code, get } = await run(chain);
    expect(code).toBe(1);
    expect(get(check)?.todo).toContain(`chainPostConfirmation=${OTHER}-new`);
  });

  it('fails when a function is to be chained and none is attached', async () => {
    const { code, get } = await run(chain);
    expect(code).toBe(1);
    expect(get(check)).toMatchObject({
      status: 'fail',
      todo: expect.stringContaining('leave out'),
    });
  });

  it('fails when another stage is attached, and passes with the --stage of it', async () => {
    poolSettings().LambdaConfig = { PostConfirmation: ours('postConfirmation', 'prod') };
    expect((await run()).get(check)?.detail).toContain('another stage of this service');
    expect((await run(['--stage', 'prod'])).get(check)?.status).toBe('ok');
  });

  it('checks PostAuthentication only with --observe-post-authentication', async () => {
    poolSettings().LambdaConfig = { PostAuthentication: OTHER };
    expect((await run()).code).toBe(0);
    const { code, get } = await run(['--observe-post-authentication']);
    expect(code).toBe(1);
    expect(get('trigger-post-authentication')?.status).toBe('fail');
  });

  it.each([
    ['is slow', ok({ Timeout: 30 }), 'warn', 'may take 30 s'],
    ['cannot be read', error('AccessDeniedException', 403), 'warn', 'could not be checked'],
    ['does not exist', error('ResourceNotFoundException', 404), 'fail', 'there is no function'],
  ] as const)('reports a chained function that %s', async (_, answer, status, detail) => {
    poolSettings().LambdaConfig = { PostConfirmation: OTHER };
    aws.actions.GetFunctionConfiguration = () => answer;
    const { get } = await run(chain);
    expect(get('chained-post-confirmation')?.status).toBe(status);
    expect(get('chained-post-confirmation')?.detail).toContain(detail);
  });
});

describe('preflight, about the other settings of the pool', () => {
  it('warns about an SMS role and a sender key that the stack has to pass on, and names the parameters', async () => {
    Object.assign(poolSettings(), {
      SmsConfiguration: { SnsCallerArn: SMS_ROLE, ExternalId: 'x' },
      LambdaConfig: {
        CustomSMSSender: { LambdaArn: OTHER, LambdaVersion: 'V1_0' },
        KMSKeyID: KMS_KEY,
      },
      EmailConfiguration: { EmailSendingAccount: 'DEVELOPER', SourceArn: SES_IDENTITY },
    });
    const { code, get } = await run();
    expect(code).toBe(0);
    expect(get('sms-role')).toMatchObject({
      status: 'warn',
      todo: `deploy with --param smsRoleArn=${SMS_ROLE}`,
    });
    expect(get('custom-sender-key')).toMatchObject({
      status: 'warn',
      todo: `deploy with --param customSenderKmsKeyArn=${KMS_KEY}`,
    });
    expect(get('email-sender')?.status).toBe('ok');
  });

  it('fails when the SMS role does not exist', async () => {
    poolSettings().SmsConfiguration = { SnsCallerArn: SMS_ROLE };
    aws.actions.GetRole = ({ RoleName }) =>
      RoleName === 'sms' ? error('NoSuchEntity', 404) : ok({ Role: role(ROLE) });
    const { code, get } = await run();
    expect(code).toBe(1);
    expect(get('sms-role')).toMatchObject({ status: 'fail' });
  });
});

describe('preflight, about the WorkOS key', () => {
  const encryption = (KeyId: string) => () => ok({ Parameters: [{ Name: PARAMETER, KeyId }] });

  it.each([
    ['does not exist', error('ParameterNotFound'), 'fail', 'aws ssm put-parameter'],
    ['is plain text', ok({ Parameter: { Type: 'String', Value: 'sk' } }), 'fail', 'write it again'],
    ['is empty', ok({ Parameter: { Type: 'SecureString', Value: ' ' } }), 'fail', '--overwrite'],
    ['has a lost KMS key', error('InvalidKeyId'), 'fail', 'enable the key'],
    ['may not be read', error('AccessDeniedException'), 'unknown', 'allow ssm:GetParameter'],
  ] as const)('reports a parameter that %s, and what to do', async (_, answer, status, todo) => {
    aws.actions.GetParameter = () => answer;
    const { code, get } = await run();
    expect(get('key-parameter')?.status).toBe(status);
    expect(get('key-parameter')?.todo).toContain(todo);
    expect(code).toBe(status === 'fail' ? 1 : 0);
  });

  it('reads the parameter that --workos-api-key-parameter names', async () => {
    await run(['--workos-api-key-parameter', '/somewhere/else']);
    const names = aws.calls.filter(({ action }) => action === 'GetParameter');
    expect(names.map(({ body }) => body.Name)).toEqual(['/somewhere/else']);
  });

  it('warns about a customer managed KMS key, and names the parameter', async () => {
    aws.actions.DescribeParameters = encryption(KMS_KEY);
    const id = KMS_KEY.split('/')[1];
    expect((await run()).get('key-encryption')).toMatchObject({
      status: 'warn',
      todo: `deploy with --param workosApiKeyKmsKeyId=${id}`,
    });
    aws.actions.DescribeParameters = encryption('alias/mine');
    expect((await run()).get('key-encryption')?.todo).toContain('describe-key --key-id alias/mine');
  });

  it('fails when WorkOS refuses the key, and does not print it', async () => {
    aws.actions.GetParameter = () =>
      ok({ Parameter: { Type: 'SecureString', Value: 'sk_test_wrong' } });
    const { code, stdout, stderr, get } = await run();
    expect(code).toBe(1);
    expect(get('workos-key')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('WorkOS refuses the key of the parameter (401)'),
    });
    expect(stdout + stderr).not.toContain('sk_test_wrong');
  });

  it('tries the key of the environment when the parameter cannot be read', async () => {
    aws.actions.GetParameter = () => error('AccessDeniedException');
    expect((await run()).get('workos-key')?.detail).toContain('the key of WORKOS_API_KEY');
    const { get } = await run([], { WORKOS_API_KEY: '' });
    expect(get('workos-key')).toMatchObject({ status: 'unknown' });
  });

  it('fails when WorkOS cannot be reached', async () => {
    const { code, get } = await run([], { WORKOS_API_PORT: '1' });
    expect(code).toBe(1);
    expect(get('workos-key')).toMatchObject({
      status: 'fail',
      todo: expect.stringContaining('WORKOS_API_HOSTNAME'),
    });
  });
});

describe('preflight, about the deployer and the place', () => {
  const permissions = 'deployer-permissions';

  it('fails when the deployer lacks a permission, and names it and what it is for', async () => {
    aws.actions.SimulatePrincipalPolicy = (body) =>
      ok({
        EvaluationResults: decisions(body, (action) =>
          action === 'sqs:CreateQueue' ? 'implicitDeny' : 'allowed',
        ),
      });
    const { code, get } = await run();
    expect(code).toBe(1);
    expect(get(permissions)).toMatchObject({
      status: 'fail',
      todo: 'allow sqs:CreateQueue (the queues)',
    });
  });

  it('warns when the simulation lacks context values', async () => {
    aws.actions.SimulatePrincipalPolicy = (body) =>
      ok({
        EvaluationResults: decisions(body, () => 'implicitDeny').map((each) => ({
          ...each,
          MissingContextValues: ['aws:SourceIp'],
        })),
      });
    const { code, get } = await run();
    expect(code).toBe(0);
    expect(get(permissions)?.status).toBe('warn');
  });

  it('simulates the policies of the role with its whole path', async () => {
    await run();
    const asked = aws.calls.filter(({ action }) => action === 'SimulatePrincipalPolicy');
    expect(new Set(asked.map(({ body }) => body.PolicySourceArn))).toEqual(new Set([ROLE]));
  });

  it.each([
    ['root', `arn:aws:iam::${ACCOUNT}:root`],
    ['a federated user', `arn:aws:sts::${ACCOUNT}:federated-user/somebody`],
  ])('reports the permissions of %s as unknown', async (_, Arn) => {
    aws.actions.GetCallerIdentity = () => ok({ Account: ACCOUNT, Arn });
    const { code, get } = await run();
    expect(code).toBe(0);
    expect(get(permissions)?.status).toBe('unknown');
  });

  it('fails on expired credentials, and makes the other checks all the same', async () => {
    aws.actions.GetCallerIdentity = () => error('ExpiredToken', 403);
    const { code, get } = await run();
    expect(code).toBe(1);
    expect(get('credentials')?.todo).toContain('they are wrong or have expired');
    expect(get('workos-key')?.status).toBe('ok');
    expect(get('lambda-concurrency')?.status).toBe('ok');
  });

  it.each([
    ['us-east-1', 'fail', 1],
    ['', 'warn', 0],
  ])(
    'reports that AWS_REGION "%s" is not the region of the pool (%s, exit code %i)',
    async (region, status, code) => {
      const ended = await run([], { AWS_REGION: region });
      expect(ended.code).toBe(code);
      expect(ended.get('region')?.status).toBe(status);
      expect(ended.get('region')?.todo).toContain('AWS_REGION=eu-central-1');
    },
  );

  it.each([
    [5, 'fail'],
    [10, 'warn'],
    [100, 'ok'],
  ])('rates room for %i concurrent executions as %s', async (room, status) => {
    aws.actions.GetAccountSettings = () =>
      ok({ AccountLimit: { UnreservedConcurrentExecutions: room } });
    expect((await run()).get('lambda-concurrency')?.status).toBe(status);
  });

  it('fails when the pool does not exist, and reports its triggers as unknown', async () => {
    const ended = await run(['--user-pool-id', 'eu-central-1_Missing1']);
    expect(ended.code).toBe(1);
    expect(ended.get('user-pool')).toMatchObject({ status: 'fail' });
    expect(ended.get('trigger-post-confirmation')?.status).toBe('unknown');
  });
});

describe('preflight, when it cannot check', () => {
  it('reports checks as unknown, not as failed, without any permission', async () => {
    for (const action of Object.keys(aws.actions)) {
      if (action !== 'GetCallerIdentity') aws.actions[action] = () => error('AccessDenied', 403);
    }
    setting.cognito.control.denied.add('DescribeUserPool');
    const { code, checks, get } = await run();
    expect(code).toBe(0);
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(get('user-pool')?.todo).toContain('allow cognito-idp:DescribeUserPool');
    expect(get('deployer-permissions')?.todo).toContain('allow iam:SimulatePrincipalPolicy');
    expect(get('lambda-concurrency')?.todo).toContain('allow lambda:GetAccountSettings');
    expect(get('key-encryption')?.todo).toContain('allow ssm:DescribeParameters');
  });

  it('reports checks as unknown when an emulator does not have the services', async () => {
    for (const action of Object.keys(aws.actions)) delete aws.actions[action];
    const { code, checks, stderr, get } = await run();
    expect(code).toBe(0);
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(get('deployer-permissions')?.status).toBe('unknown');
    expect(get('lambda-concurrency')?.detail).toContain('does not know lambda:GetAccountSettings');
    expect(stderr).toBe('');
  });

  it('reports only one check as unknown when one service does not answer', async () => {
    aws.actions.SimulatePrincipalPolicy = () => ({ kind: 'hang' });
    const { code, checks, get } = await run();
    expect(code).toBe(0);
    expect(get('deployer-permissions')?.status).toBe('unknown');
    const others = checks.filter(({ name }) => name !== 'deployer-permissions');
    expect(others.filter(({ status }) => status !== 'ok')).toEqual([]);
  });

  it.each([
    [
      'an ARN that is not of a function',
      ['--chain-post-confirmation', 'arn:aws:sns:x'],
      'ARN of a Lambda',
    ],
    ['a malformed pool id', ['--user-pool-id', 'nonsense'], 'eu-central-1_Ab1Cd2Ef3'],
    ['a parameter name that is not a path', ['--workos-api-key-parameter', 'key'], 'full name'],
    ['an unknown option', ['--nonsense'], 'unknown option'],
  ])('exits with 2 for %s, and sends no request', async (_, args, line) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(line);
    expect(aws.calls).toEqual([]);
  });
});
