import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { preparePython } from './support/python.ts';
import { run } from './support/run.ts';
import { packageTo } from './support/serverless.ts';

let directory: string;
let template: string;
/** The template with observePostAuthentication, observeChanges and reservedTriggerConcurrency. */
let withThree: string;

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
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test('cfn-lint reports nothing about the template with two and with three triggers and pool changes', async () => {
  const { cfnLint } = await preparePython();
  const lint = await run(cfnLint, ['--', template, withThree], { env: {} });
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
