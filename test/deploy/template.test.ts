import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { preparePython } from './support/python.ts';
import { run } from './support/run.ts';
import { packageTo } from './support/serverless.ts';

const EARLIER_KEY = '12345678-1234-4234-8234-123456789012';

let directory: string;
let template: string;
/** The template with observePostAuthentication, observeChanges and reservedTriggerConcurrency. */
let withThree: string;
/** The templates with carryPasswords, for either key. */
let withPasswords: string;
let withNextKey: string;
let withCanary: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'package-'));
  template = join(directory, 'cloudformation-template-update-stack.json');
  const packaged = await packageTo(directory, { userPoolId: 'eu-central-1_Ab1Cd2Ef3' });
  expect(packaged).toMatchObject({ code: 0 });
  const more = join(directory, 'three');
  const parameters = {
    observePostAuthentication: 'true',
    observeChanges: 'true',
    reservedTriggerConcurrency: '50',
  };
  expect(
    await packageTo(more, { userPoolId: 'eu-central-1_Ab1Cd2Ef3', ...parameters }),
  ).toMatchObject({ code: 0 });
  withThree = join(more, 'cloudformation-template-update-stack.json');
  withPasswords = await packageWith('passwords', { carryPasswords: 'true' });
  withCanary = await packageWith('canary', { canary: 'rate(5 minutes)' });
  withNextKey = await packageWith('next-key', {
    carryPasswords: 'true',
    passwordKey: 'b',
    previousPasswordKeyIds: EARLIER_KEY,
  });
});

async function packageWith(name: string, parameters: Record<string, string>): Promise<string> {
  const to = join(directory, name);
  const packaged = await packageTo(to, { userPoolId: 'eu-central-1_Ab1Cd2Ef3', ...parameters });
  expect(packaged).toMatchObject({ code: 0 });
  return join(to, 'cloudformation-template-update-stack.json');
}

afterAll(() => rm(directory, { recursive: true, force: true }));

test('cfn-lint reports nothing about the template with two and with three triggers, with pool changes, with passwords and with the canary', async () => {
  const { cfnLint } = await preparePython();
  const templates = [template, withThree, withPasswords, withNextKey, withCanary];
  const lint = await run(cfnLint, ['--', ...templates], { env: {} });
  expect(lint).toEqual({ code: 0, stdout: '', stderr: '' });
});

type Alarm = {
  Type: string;
  Properties: {
    AlarmName: string;
    Namespace: string;
    MetricName: string;
    Dimensions: { Name: string; Value: unknown }[];
    AlarmDescription: string;
  };
};

test('the template has an alarm for throttles of each trigger and for unexpected errors of each trigger and the consumer', async () => {
  const { Resources } = JSON.parse(await readFile(withThree, 'utf8'));
  const alarms = Object.values<Alarm>(Resources).filter(
    ({ Type }) => Type === 'AWS::CloudWatch::Alarm',
  );
  const watched = (metric: string) =>
    alarms
      .filter(({ Properties }) => Properties.MetricName === metric)
      .map(({ Properties }) => JSON.stringify(Properties.Dimensions[0]?.Value))
      .sort();
  const ref = (name: string) => JSON.stringify({ Ref: `${name}LambdaFunction` });
  expect(watched('Throttles')).toEqual(
    ['PostAuthentication', 'PostConfirmation', 'PreAuthentication'].map(ref),
  );
  expect(watched('UnexpectedError')).toEqual(
    ['consumer', 'post-authentication', 'post-confirmation', 'pre-authentication'].map((name) =>
      JSON.stringify(name),
    ),
  );
  for (const { Properties } of alarms) {
    // CloudWatch API reference, PutMetricAlarm.
    expect(Properties.AlarmDescription.length).toBeLessThanOrEqual(1024);
  }
});

test('the template reserves concurrency for the triggers only, and only where reservedTriggerConcurrency is given', async () => {
  const reserved = async (file: string) => {
    const { Resources } = JSON.parse(await readFile(file, 'utf8'));
    return Object.entries<{ Properties?: Record<string, unknown> }>(Resources)
      .filter(([, { Properties }]) => Properties?.ReservedConcurrentExecutions !== undefined)
      .map(([name]) => name)
      .sort();
  };
  const triggers = ['PostConfirmationLambdaFunction', 'PreAuthenticationLambdaFunction'];
  expect(await reserved(template)).toEqual(triggers);
  expect(await reserved(withThree)).toEqual(['PostAuthenticationLambdaFunction', ...triggers]);
  const { Parameters, Conditions } = JSON.parse(await readFile(template, 'utf8'));
  expect(Parameters.ReservedTriggerConcurrency.Default).toBe('none');
  expect(Conditions.ReservesConcurrency).toEqual({
    'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'ReservedTriggerConcurrency' }, 'none'] }],
  });
});

test('the attachment function has its pool and trigger functions in its environment variables', async () => {
  const { Resources } = JSON.parse(await readFile(withThree, 'utf8'));
  const { Variables } = Resources.TriggerAttachmentLambdaFunction.Properties.Environment;
  const { Properties } = Resources.TriggerAttachment;
  expect(Variables.SYNC_USER_POOL_ID).toEqual(Properties.UserPoolId);
  expect(Object.keys(Properties.Triggers).sort()).toEqual([
    'PostAuthentication',
    'PostConfirmation',
    'PreAuthentication',
  ]);
  for (const [trigger, each] of Object.entries<Record<string, unknown>>(Properties.Triggers)) {
    const name = trigger.replace(/(?<=[a-z])(?=[A-Z])/, '_').toUpperCase();
    expect(Variables[`SYNC_${name}_FUNCTION_ARN`]).toEqual(each.FunctionArn);
    expect(Variables[`SYNC_${name}_CHAINED_ARN`]).toEqual(each.Chained);
  }
});

test('the bundle of each trigger has at most 130,000 bytes', async () => {
  for (const name of ['postConfirmation', 'preAuthentication', 'postAuthentication']) {
    const { size } = await stat(join(dirname(withThree), `${name}.zip`));
    expect(size, name).toBeLessThanOrEqual(130_000);
  }
});

test('each function in the template has a role of its own', async () => {
  const { Resources } = JSON.parse(await readFile(withThree, 'utf8'));
  const roles = Object.values<{ Type: string; Properties: { Role: unknown } }>(Resources)
    .filter((resource) => resource.Type === 'AWS::Lambda::Function')
    .map((resource) => JSON.stringify(resource.Properties.Role));
  expect(roles.length).toBeGreaterThan(0);
  expect(new Set(roles).size).toBe(roles.length);
});

test('the rule for pool changes is in the template only with observeChanges, and sends to an encrypted queue from which two invocations read at a time', async () => {
  const { Resources } = JSON.parse(await readFile(withThree, 'utf8'));
  expect(JSON.parse(await readFile(template, 'utf8')).Resources).not.toHaveProperty(
    'PoolChangeRule',
  );
  const { Targets } = Resources.PoolChangeRule.Properties;
  expect(Targets).toEqual([
    { Id: 'pool-changes', Arn: { 'Fn::GetAtt': ['PoolChangeQueue', 'Arn'] } },
  ]);
  const queues = [Resources.PoolChangeQueue, Resources.PoolChangeFailureQueue];
  for (const { Properties } of queues) {
    expect(Properties).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 1_209_600,
    });
  }
  const mappings = Object.values<{ Type: string; Properties: Record<string, unknown> }>(Resources);
  expect(
    mappings.filter(
      ({ Type, Properties }) =>
        Type === 'AWS::Lambda::EventSourceMapping' &&
        JSON.stringify(Properties.EventSourceArn).includes('PoolChangeQueue'),
    ),
  ).toMatchObject([
    {
      Properties: {
        ScalingConfig: { MaximumConcurrency: 2 },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
  ]);
});

type Statement = { Action: string | string[]; Principal?: unknown; Condition?: unknown };

test('carryPasswords deploys a key that stays, and lets the consumer alone use it, with one algorithm', async () => {
  const { Resources, Outputs } = JSON.parse(await readFile(withPasswords, 'utf8'));
  const { PasswordKeyA: key } = Resources;
  expect(key).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  expect(key.Properties).toMatchObject({ KeySpec: 'RSA_3072', KeyUsage: 'ENCRYPT_DECRYPT' });
  expect(Outputs.PasswordKeyId.Value).toEqual({ Ref: 'PasswordKeyA' });
  const [administration, use, ...others]: Statement[] = key.Properties.KeyPolicy.Statement;
  expect(others).toEqual([]);
  // What a wildcard stands for, too: nothing that opens, or lets others open.
  for (const action of ['kms:Decrypt', 'kms:ReEncryptFrom', 'kms:GenerateMac', 'kms:Sign']) {
    for (const allowed of [administration?.Action ?? []].flat()) {
      const pattern = new RegExp(`^${allowed.replace('*', '.*')}$`);
      expect(action).not.toMatch(pattern);
    }
  }
  const withOneAlgorithm = {
    Action: 'kms:Decrypt',
    Condition: { StringEquals: { 'kms:EncryptionAlgorithm': 'RSAES_OAEP_SHA_256' } },
  };
  expect(use).toMatchObject({
    ...withOneAlgorithm,
    Principal: { AWS: { 'Fn::GetAtt': ['ConsumerRole', 'Arn'] } },
  });
  const { Properties: policy } = Resources.ConsumerOpensPasswords;
  expect(policy.Roles).toEqual([{ Ref: 'ConsumerRole' }]);
  expect(policy.PolicyDocument.Statement[0]).toMatchObject({
    ...withOneAlgorithm,
    Resource: { 'Fn::GetAtt': ['PasswordKeyA', 'Arn'] },
  });
  const decrypting = Object.entries<{ Type: string }>(Resources)
    .filter(([, { Type }]) => /^AWS::IAM::/.test(Type))
    .filter(([, resource]) => JSON.stringify(resource).includes('EncryptionAlgorithm'));
  expect(decrypting.map(([name]) => name)).toEqual(['ConsumerOpensPasswords']);
});

test('carryPasswords attaches Post-Authentication by itself, and tells it and Post-Confirmation to carry them', async () => {
  const variablesOf = async (file: string) => {
    const { Resources } = JSON.parse(await readFile(file, 'utf8'));
    const carrying = Object.entries<{ Properties?: { Environment?: { Variables: object } } }>(
      Resources,
    ).flatMap(([name, { Properties }]) => {
      const variables: Record<string, unknown> = { ...Properties?.Environment?.Variables };
      return variables.SYNC_CARRY_PASSWORDS === 'true' ? [name] : [];
    });
    const { PASSWORD_KEY_ID: keys } =
      Resources.ConsumerLambdaFunction.Properties.Environment.Variables;
    const attached = Resources.TriggerAttachment.Properties.Triggers.PostAuthentication;
    return { carrying: carrying.sort(), keys, attached };
  };
  const carrying = ['PostAuthenticationLambdaFunction', 'PostConfirmationLambdaFunction'];
  expect(await variablesOf(withPasswords)).toMatchObject({
    carrying,
    keys: { 'Fn::Join': [',', [{ Ref: 'PasswordKeyA' }, '']] },
    attached: { FunctionArn: { 'Fn::GetAtt': ['PostAuthenticationLambdaFunction', 'Arn'] } },
  });
  for (const file of [template, withThree]) {
    expect(await variablesOf(file)).toMatchObject({ carrying: [], keys: '' });
  }
});

test('passwordKey=b makes a new key under the same alias, and leaves the one before it to the consumer', async () => {
  const { Resources } = JSON.parse(await readFile(withNextKey, 'utf8'));
  expect(Resources.PasswordKeyA).toBeUndefined();
  expect(Resources.PasswordKeyB.DeletionPolicy).toBe('Retain');
  expect(Resources.PasswordKeyAlias.Properties).toEqual({
    AliasName: 'alias/cognito-workos-sync-dev-passwords',
    TargetKeyId: { Ref: 'PasswordKeyB' },
  });
  const { PASSWORD_KEY_ID: keys } =
    Resources.ConsumerLambdaFunction.Properties.Environment.Variables;
  expect(keys['Fn::Join'][1]).toEqual([{ Ref: 'PasswordKeyB' }, EARLIER_KEY]);
});
