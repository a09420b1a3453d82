import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAttachmentHandler } from '../../src/user-pool-triggers/attachment-handler.ts';
import { type LambdaApi, startLambdaApi } from '../stand-ins/lambda-api.ts';
import { type StackAnswers, startStackAnswers } from '../stand-ins/stack-answers.ts';
import { type StackStatusApi, startStackStatusApi } from '../stand-ins/stack-status-api.ts';
import {
  AWKWARD_SETTINGS,
  type StrictCognito,
  startStrictCognito,
} from '../stand-ins/strict-cognito.ts';

const OURS = 'arn:aws:lambda:eu-central-1:111122223333:function:cognito-workos-sync-dev';
const POST_CONFIRMATION = `${OURS}-postConfirmation`;
const PRE_AUTHENTICATION = `${OURS}-preAuthentication`;
const POST_AUTHENTICATION = `${OURS}-postAuthentication`;
const THEIRS = 'arn:aws:lambda:eu-central-1:111122223333:function:welcome-mail:live';
const SOMEBODY_ELSES = 'arn:aws:lambda:eu-central-1:111122223333:function:terraform-made';

const STACK_ID = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/sync/1';

let cognito: StrictCognito;
let stack: StackAnswers;
let tags: LambdaApi;
let cloudFormation: StackStatusApi;
let logs: string[];

beforeAll(async () => {
  cognito = await startStrictCognito();
  stack = await startStackAnswers();
  tags = await startLambdaApi();
  cloudFormation = await startStackStatusApi();
});
beforeEach(() => {
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', tags.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDFORMATION', cloudFormation.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER', cognito.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  logs = [];
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((line) => void logs.push(String(line)));
  }
  cloudFormation.status = 'UPDATE_IN_PROGRESS';
  stack.answers.length = 0;
  for (const arn of Object.keys(tags.tags)) delete tags.tags[arn];
  const { control } = cognito;
  control.requests.length = 0;
  control.denied.clear();
  control.onRequest = undefined;
  Object.assign(control.pool, {
    settings: structuredClone(AWKWARD_SETTINGS),
    mfa: { SoftwareTokenMfaConfiguration: { Enabled: true } },
    future: {},
    systemTags: {},
    sabotage: undefined,
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
afterAll(async () => {
  await stack.close();
  await tags.close();
  await cloudFormation.close();
  await cognito.close();
});

type Chains = Partial<Record<'PostConfirmation' | 'PreAuthentication', string>>;

function properties(chains: Chains = {}, more: Record<string, unknown> = {}) {
  const { PostConfirmation = '', PreAuthentication = '' } = chains;
  return {
    ServiceToken: `${OURS}-triggerAttachment`,
    UserPoolId: cognito.userPoolId,
    Triggers: {
      PostConfirmation: { FunctionArn: POST_CONFIRMATION, Chained: PostConfirmation },
      PreAuthentication: { FunctionArn: PRE_AUTHENTICATION, Chained: PreAuthentication },
      ...more,
    },
  };
}

type Properties = {
  UserPoolId?: unknown;
  Triggers?: Record<string, { FunctionArn: string; Chained?: string }> | unknown;
};

/** The variables of the deployed function: serverless.yml makes both from the same parameters. */
function environmentOf({ UserPoolId, Triggers }: Properties): Record<string, string> {
  const triggers = (Triggers ?? {}) as Record<string, { FunctionArn: string; Chained?: string }>;
  const variables = Object.entries(triggers).flatMap(([trigger, each]) => {
    const name = trigger.replace(/(?<=[a-z])(?=[A-Z])/, '_').toUpperCase();
    return [
      [`SYNC_${name}_FUNCTION_ARN`, each.FunctionArn],
      [`SYNC_${name}_CHAINED_ARN`, each.Chained ?? ''],
    ];
  });
  return { SYNC_USER_POOL_ID: String(UserPoolId), ...Object.fromEntries(variables) };
}

/** Whatever the event asks for, the function is configured as `deployed`. */
async function invoke(
  event: Record<string, unknown>,
  deployed: Properties,
  wait: (milliseconds: number) => Promise<void> = async () => {},
): Promise<void> {
  const handler: unknown = createAttachmentHandler({
    service: 'trigger-attachment',
    env: { ...process.env, ...environmentOf(deployed) },
    wait,
  });
  if (typeof handler !== 'function') throw new TypeError('not a handler');
  await handler(event, { invokedFunctionArn: `${OURS}-triggerAttachment` });
}

async function send(
  RequestType: string,
  now: Properties,
  before?: Properties,
  deployed: Properties = now,
) {
  const isFirst = RequestType === 'Create';
  const event = {
    RequestType,
    ResponseURL: stack.url,
    StackId: STACK_ID,
    RequestId: `request-${stack.answers.length + 1}`,
    LogicalResourceId: 'TriggerAttachment',
    ResourceType: 'Custom::TriggerAttachment',
    ServiceToken: `${OURS}-triggerAttachment`,
    ResourceProperties: now,
    ...(!isFirst && { PhysicalResourceId: `${cognito.userPoolId}/triggers` }),
    ...(before && { OldResourceProperties: before }),
  };
  await invoke(event, deployed);
  const answer = stack.answers.at(-1);
  if (!answer) throw new Error('CloudFormation was not answered');
  return answer;
}

const create = (now: Properties) => send('Create', now);
const remove = (now: Properties) => send('Delete', now);
const update = (now: Properties, before: Properties) => send('Update', now, before);
const rollBack = async (now: Properties, failed: Properties) => {
  cloudFormation.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
  const answer = await update(now, failed);
  cloudFormation.status = 'UPDATE_IN_PROGRESS';
  return answer;
};

const pool = () => cognito.control.pool;
const triggers = () => pool().settings.LambdaConfig as Record<string, unknown>;
function occupy(changes: Record<string, string | undefined>) {
  const config = { ...triggers(), ...changes };
  const kept = Object.entries(config).filter(([, arn]) => arn !== undefined);
  pool().settings = { ...pool().settings, LambdaConfig: Object.fromEntries(kept) };
}
const writes = () => cognito.control.requests.filter(({ action }) => /^(Update|Set)/.test(action));
const withTriggers = (changes: Record<string, string>) => ({
  ...AWKWARD_SETTINGS,
  LambdaConfig: { ...(AWKWARD_SETTINGS.LambdaConfig as object), ...changes },
});
const BOTH = { PostConfirmation: POST_CONFIRMATION, PreAuthentication: PRE_AUTHENTICATION };

describe('attaching to a pool', () => {
  it('changes the two triggers and not one other setting', async () => {
    expect(await create(properties())).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: `${cognito.userPoolId}/triggers`,
    });
    expect(pool().settings).toEqual(withTriggers(BOTH));
    expect(pool().mfa).toEqual({ SoftwareTokenMfaConfiguration: { Enabled: true } });
  });

  it('takes Post-Authentication too where that is wanted', async () => {
    const PostAuthentication = { FunctionArn: POST_AUTHENTICATION, Chained: '', Permission: 'id' };
    await create(properties({}, { PostAuthentication }));
    expect(triggers()).toMatchObject({ ...BOTH, PostAuthentication: POST_AUTHENTICATION });
  });

  it('writes nothing when everything is as it should be', async () => {
    await create(properties());
    await create(properties());
    await update(properties(), properties());
    expect(writes()).toHaveLength(1);
  });

  it('takes everything off again and leaves the pool as it was', async () => {
    await create(properties());
    expect(await remove(properties())).toMatchObject({ Status: 'SUCCESS' });
    expect(pool().settings).toEqual(AWKWARD_SETTINGS);
  });

  it('answers only when sign-ins that are under way have been waited for', async () => {
    await create(properties());
    const event = {
      RequestType: 'Delete',
      ResponseURL: stack.url,
      PhysicalResourceId: `${cognito.userPoolId}/triggers`,
      ResourceProperties: properties(),
    };
    const waits: unknown[] = [];
    await invoke(event, properties(), async (milliseconds) => {
      waits.push({ milliseconds, triggers: triggers(), answers: stack.answers.length });
    });
    const whenDetached = { triggers: AWKWARD_SETTINGS.LambdaConfig, answers: 1 };
    expect(waits).toEqual([{ milliseconds: 30_000, ...whenDetached }]);
    expect(stack.answers).toHaveLength(2);
  });

  it('waits for them too when a deployment drops Post-Authentication alone', async () => {
    const three = properties({}, { PostAuthentication: { FunctionArn: POST_AUTHENTICATION } });
    await create(three);
    const event = {
      RequestType: 'Update',
      ResponseURL: stack.url,
      PhysicalResourceId: `${cognito.userPoolId}/triggers`,
      ResourceProperties: properties(),
      OldResourceProperties: three,
    };
    const waits: number[] = [];
    await invoke(event, properties(), async (milliseconds) => void waits.push(milliseconds));
    expect(waits).toEqual([30_000]);
    expect(triggers()).not.toHaveProperty('PostAuthentication');
  });

  it('works on a pool of nothing but defaults', async () => {
    pool().settings = {};
    await create(properties());
    await remove(properties());
    expect(triggers()).toEqual({});
    expect(stack.answers.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS']);
  });

  it('keeps the tags that AWS has put on a pool made by CloudFormation', async () => {
    pool().systemTags = { 'aws:cloudformation:stack-name': 'members' };
    expect(await create(properties())).toMatchObject({ Status: 'SUCCESS' });
    await remove(properties());
    expect(pool().settings).toEqual(AWKWARD_SETTINGS);
  });

  it('does not undo what somebody else changes while it is at work', async () => {
    let reads = 0;
    cognito.control.onRequest = ({ action }) => {
      if (action === 'DescribeUserPool' && ++reads === 2) {
        pool().settings = { ...pool().settings, DeletionProtection: 'INACTIVE' };
      }
      return undefined;
    };
    expect(await create(properties())).toMatchObject({ Status: 'SUCCESS' });
    expect(pool().settings).toEqual({ ...withTriggers(BOTH), DeletionProtection: 'INACTIVE' });
  });

  const afterTheUpdate = (change: () => void) => {
    let updated = false;
    cognito.control.onRequest = ({ action }) => {
      if (action === 'UpdateUserPool') updated = true;
      if (action === 'GetUserPoolMfaConfig' && updated) {
        updated = false;
        cognito.control.onRequest = undefined;
        change();
      }
      return undefined;
    };
  };

  it.each([
    ['changes a setting', { DeletionProtection: 'INACTIVE' }],
    ['changes a part of a setting', { Policies: { PasswordPolicy: { MinimumLength: 16 } } }],
    ['adds a tag', { UserPoolTags: { team: 'identity', 'cost center': '4711', owner: 'ada' } }],
    ['takes a tag away', { UserPoolTags: { team: 'identity' } }],
    ['changes multi-factor authentication', { MfaConfiguration: 'ON' }],
  ])('keeps what somebody else changes right after the update: %s', async (_, theirs) => {
    afterTheUpdate(() => {
      pool().settings = { ...pool().settings, ...theirs };
    });
    expect(await create(properties())).toMatchObject({ Status: 'SUCCESS' });
    expect(pool().settings).toEqual({ ...withTriggers(BOTH), ...theirs });
    expect(writes()).toHaveLength(1);
  });

  it('begins anew where somebody else overwrites it with what they had read before', async () => {
    const before = structuredClone(pool().settings);
    const { SmsVerificationMessage: _, ...rest } = before;
    const theirs = { ...rest, DeletionProtection: 'INACTIVE' };
    afterTheUpdate(() => {
      pool().settings = theirs;
    });
    expect(await create(properties())).toMatchObject({ Status: 'SUCCESS' });
    expect(pool().settings).toEqual({
      ...theirs,
      LambdaConfig: { ...(AWKWARD_SETTINGS.LambdaConfig as object), ...BOTH },
    });
    expect(writes()).toHaveLength(2);
  });

  it('leaves a trigger to whoever takes it right after the update', async () => {
    afterTheUpdate(() => occupy({ PostConfirmation: SOMEBODY_ELSES }));
    const answer = await create(properties());
    expect(answer).toMatchObject({ Status: 'FAILED' });
    expect(answer.Reason).toContain(`chainPostConfirmation=${SOMEBODY_ELSES}`);
    await remove(properties());
    expect(triggers()).toMatchObject({ PostConfirmation: SOMEBODY_ELSES });
    expect(triggers()).not.toHaveProperty('PreAuthentication');
  });

  it('gives up, with nothing undone, where somebody else changes the pool again and again', async () => {
    let days = 7;
    cognito.control.onRequest = ({ action }) => {
      if (action !== 'GetUserPoolMfaConfig') return undefined;
      days += 1;
      pool().settings = {
        ...pool().settings,
        Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: days } },
      };
      return undefined;
    };
    const answer = await create(properties());
    expect(answer).toMatchObject({ Status: 'FAILED' });
    expect(answer.Reason).toContain('keeps changing');
    expect(pool().settings.Policies).toEqual({
      PasswordPolicy: { TemporaryPasswordValidityDays: days },
    });
  });

  it('tries again when somebody else changes the pool at the same moment', async () => {
    let refusals = 1;
    cognito.control.onRequest = ({ action }) =>
      action === 'UpdateUserPool' && refusals-- > 0
        ? { kind: 'error', type: 'ConcurrentModificationException' }
        : undefined;
    expect(await create(properties())).toMatchObject({ Status: 'SUCCESS' });
    expect(pool().settings).toEqual(withTriggers(BOTH));
  });

  it('waits for a role that is seconds old', async () => {
    let refusals = 2;
    cognito.control.onRequest = ({ action }) =>
      action === 'DescribeUserPool' && refusals-- > 0
        ? { kind: 'error', type: 'AccessDeniedException' }
        : undefined;
    expect(await create(properties())).toMatchObject({ Status: 'SUCCESS' });
  });
});

describe('an update that changes more than the triggers', () => {
  const lose = (name: string) => (request: Record<string, unknown>) => {
    const { [name]: _, ...rest } = request;
    return rest;
  };

  it('is taken back, and fails with the difference', async () => {
    let first = true;
    pool().sabotage = (request) => {
      const changed = first ? lose('SmsVerificationMessage')(request) : request;
      first = false;
      return changed;
    };
    const answer = await create(properties());
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toMatch(/SmsVerificationMessage: "Ihr Code: {####}" → absent/);
    expect(answer.Reason).toMatch(/as it was before/);
    expect(pool().settings).toEqual(AWKWARD_SETTINGS);
  });

  it('is taken back in what it has lost alone, not in what somebody else changed meanwhile', async () => {
    pool().future = { QuantumConfiguration: { Mode: 'ENTANGLED' } };
    let updated = false;
    cognito.control.onRequest = ({ action }) => {
      if (updated && action === 'GetUserPoolMfaConfig') {
        updated = false;
        pool().settings = { ...pool().settings, DeletionProtection: 'INACTIVE' };
      } else if (action === 'UpdateUserPool' && writes().length === 1) updated = true;
      return undefined;
    };
    const answer = await create(properties());
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toMatch(/as it was before. It had changed: QuantumConfiguration[^;]*$/);
    expect(pool().future).toEqual({ QuantumConfiguration: { Mode: 'ENTANGLED' } });
    expect(pool().settings).toEqual({ ...AWKWARD_SETTINGS, DeletionProtection: 'INACTIVE' });
  });

  it('says so when the pool cannot be brought back', async () => {
    pool().sabotage = lose('DeviceConfiguration');
    const answer = await create(properties());
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toMatch(/could NOT be restored.*DeviceConfiguration/);
  });

  it('is seen in the settings of multi-factor authentication', async () => {
    let first = true;
    pool().sabotage = (request) => {
      if (first) pool().mfa = { SoftwareTokenMfaConfiguration: { Enabled: false } };
      first = false;
      return request;
    };
    const answer = await create(properties());
    expect(answer.Reason).toMatch(/MFA.SoftwareTokenMfaConfiguration.Enabled: true → false/);
    expect(pool().mfa).toEqual({ SoftwareTokenMfaConfiguration: { Enabled: true } });
    expect(pool().settings).toEqual(AWKWARD_SETTINGS);
  });

  it('is seen and taken back where the SDK does not even know the setting', async () => {
    pool().future = { QuantumConfiguration: { Mode: 'ENTANGLED' } };
    const answer = await create(properties());
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toMatch(/QuantumConfiguration: {"Mode":"ENTANGLED"} → absent/);
    expect(pool().future).toEqual({ QuantumConfiguration: { Mode: 'ENTANGLED' } });
    expect(pool().settings).toEqual(AWKWARD_SETTINGS);
  });

  it('does not tell the external id of the SMS role', async () => {
    pool().sabotage = lose('SmsConfiguration');
    const answer = await create(properties());
    expect(answer.Status).toBe('FAILED');
    expect(JSON.stringify([answer, logs])).not.toContain('external-id-of-the-role');
  });

  it('is not assumed when the answer to the update is lost', async () => {
    cognito.control.onRequest = ({ action, body }) => {
      if (action !== 'UpdateUserPool') return undefined;
      const { UserPoolId: _, ...settings } = body as Record<string, unknown>;
      pool().settings = settings;
      return { kind: 'error', type: 'InternalErrorException', status: 500 };
    };
    expect(await create(properties())).toMatchObject({ Status: 'SUCCESS' });
  });

  it('names the parameters where the role may not send the SMS role and the key back', async () => {
    cognito.control.denied.add('UpdateUserPool');
    const answer = await create(properties());
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('--param smsRoleArn=arn:aws:iam::111122223333:role/sms');
    expect(answer.Reason).toContain('--param customSenderKmsKeyArn=arn:aws:kms:eu-central-1');
    expect(pool().settings).toEqual(AWKWARD_SETTINGS);
  });

  it('is not undone where Cognito has refused it', async () => {
    cognito.control.onRequest = ({ action }) =>
      action === 'UpdateUserPool'
        ? { kind: 'error', type: 'InvalidSmsRoleTrustRelationshipException' }
        : undefined;
    const answer = await create(properties());
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toMatch(/InvalidSmsRoleTrustRelationship/);
    expect(pool().settings).toEqual(AWKWARD_SETTINGS);
    expect(writes()).toHaveLength(1);
  });
});

describe("another function's place", () => {
  it('is not taken, and the message names it and the parameter', async () => {
    occupy({ PostConfirmation: THEIRS, PreAuthentication: SOMEBODY_ELSES });
    const before = structuredClone(pool().settings);
    const answer = await create(properties());
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain(`--param chainPostConfirmation=${THEIRS}`);
    expect(answer.Reason).toContain(`--param chainPreAuthentication=${SOMEBODY_ELSES}`);
    expect(pool().settings).toEqual(before);
    expect(writes()).toEqual([]);
    // CloudFormation deletes what it could not create.
    expect(await remove(properties())).toMatchObject({ Status: 'SUCCESS' });
    expect(pool().settings).toEqual(before);
    expect(writes()).toEqual([]);
  });

  it('is taken where the owner names it, and given back at the end', async () => {
    occupy({ PostConfirmation: THEIRS });
    const before = structuredClone(pool().settings);
    const chained = properties({ PostConfirmation: THEIRS });
    expect(await create(chained)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject(BOTH);
    await remove(chained);
    expect(pool().settings).toEqual(before);
  });

  it('is not given back for a parameter that was forgotten, and the message says what to write', async () => {
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    await create(chained);
    const answer = await update(properties(), chained);
    expect(answer.Status).toBe('FAILED');
    for (const word of [THEIRS, 'release', 'none']) {
      expect(answer.Reason).toContain(`--param chainPostConfirmation=${word}`);
    }
    expect(triggers()).toMatchObject(BOTH);
    // CloudFormation's roll-back.
    expect(await rollBack(chained, properties())).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject(BOTH);
  });

  it('is missed too where the function was chained when ours was there already', async () => {
    await create(properties());
    const chained = properties({ PostConfirmation: THEIRS });
    expect(await update(chained, properties())).toMatchObject({ Status: 'SUCCESS' });
    expect(await update(properties(), chained)).toMatchObject({ Status: 'FAILED' });
  });

  it('is given back when the owner says so, and stays so', async () => {
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    const given = properties({ PostConfirmation: 'release' });
    await create(chained);
    expect(await update(given, chained)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject({ ...BOTH, PostConfirmation: THEIRS });
    expect(await update(given, given)).toMatchObject({ Status: 'SUCCESS' });
    expect(await update(properties(), given)).toMatchObject({ Status: 'FAILED' });
    await remove(given);
    expect(triggers()).toMatchObject({ PostConfirmation: THEIRS });
    expect(triggers()).not.toHaveProperty('PreAuthentication');
  });

  it('is refused when released by the former word, with a message that names the new one', async () => {
    occupy({ PostConfirmation: THEIRS });
    const answer = await create(properties({ PostConfirmation: 'give-back' }));
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('--param chainPostConfirmation=release');
    expect(triggers()).not.toHaveProperty('PreAuthentication');
  });

  it('stays released when the former word of an older deployment becomes the new one', async () => {
    occupy({ PostConfirmation: THEIRS });
    await create(properties({ PostConfirmation: 'release' }));
    const former = properties({ PostConfirmation: 'give-back' });
    const released = properties({ PostConfirmation: 'release' });
    expect(await update(released, former)).toMatchObject({ Status: 'SUCCESS' });
    expect(await rollBack(former, released)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject({ ...BOTH, PostConfirmation: THEIRS });
  });

  it('is left to its function from the first deployment on when the owner says so', async () => {
    occupy({ PostConfirmation: THEIRS });
    expect(await create(properties({ PostConfirmation: 'release' }))).toMatchObject({
      Status: 'SUCCESS',
    });
    expect(triggers()).toMatchObject({ ...BOTH, PostConfirmation: THEIRS });
  });

  it('is taken again when a deployment that gave it back is rolled back', async () => {
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    const given = properties({ PostConfirmation: 'release' });
    await create(chained);
    await update(given, chained);
    expect(await rollBack(chained, given)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject(BOTH);
  });

  it('is given back when the deployment that took it is rolled back', async () => {
    await create(properties());
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    await update(chained, properties());
    expect(triggers()).toMatchObject(BOTH);
    expect(await rollBack(properties(), chained)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject({ ...BOTH, PostConfirmation: THEIRS });
  });

  it('stays ours when the owner says that there is no such function any more', async () => {
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    await create(chained);
    const alone = properties({ PostConfirmation: 'none' });
    await update(alone, chained);
    expect(triggers()).toMatchObject(BOTH);
    await remove(alone);
    expect(triggers()).not.toHaveProperty('PostConfirmation');
  });

  it.each([
    ['names another function', SOMEBODY_ELSES, THEIRS, `chainPostConfirmation=${THEIRS}`],
    ['says none', 'none', THEIRS, `chainPostConfirmation=${THEIRS}`],
    ['names what is not there', THEIRS, undefined, 'leave out --param chainPostConfirmation'],
    ['is no ARN', 'welcome-mail', THEIRS, 'ARN of a Lambda function'],
    ['is our own function', POST_CONFIRMATION, undefined, 'call itself'],
    ['is a version of our own', `${POST_CONFIRMATION}:3`, undefined, 'call itself'],
  ])('is refused when the parameter %s', async (_, chained, occupied, expected) => {
    occupy({ PostConfirmation: occupied });
    const answer = await create(properties({ PostConfirmation: chained }));
    expect(answer).toMatchObject({ Status: 'FAILED' });
    expect(answer.Reason).toContain(expected);
    expect(writes()).toEqual([]);
  });

  it('is left alone at the end where somebody has taken ours meanwhile', async () => {
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    await create(chained);
    occupy({ PostConfirmation: SOMEBODY_ELSES });
    await remove(chained);
    expect(triggers()).toMatchObject({ PostConfirmation: SOMEBODY_ELSES });
    expect(triggers()).not.toHaveProperty('PreAuthentication');
  });

  it('is left alone when it is to be given back and somebody has taken ours meanwhile', async () => {
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    await create(chained);
    occupy({ PostConfirmation: SOMEBODY_ELSES });
    const given = properties({ PostConfirmation: 'release' });
    expect(await update(given, chained)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject({ PostConfirmation: SOMEBODY_ELSES });
  });

  it('never stops a roll-back', async () => {
    await create(properties());
    occupy({ PreAuthentication: SOMEBODY_ELSES });
    const failed = properties({ PostConfirmation: THEIRS, PreAuthentication: THEIRS });
    expect(await update(failed, properties())).toMatchObject({ Status: 'FAILED' });
    expect(await rollBack(properties(), failed)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject({ ...BOTH, PreAuthentication: SOMEBODY_ELSES });
  });

  it('is not put where it never was, when a deployment that named it fails for another reason', async () => {
    await create(properties());
    const named = properties({ PostConfirmation: THEIRS });
    await update(named, properties());
    expect(await rollBack(properties(), named)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject(BOTH);
  });

  it('is given back after its trigger was lost and mended', async () => {
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    await create(chained);
    occupy({ PostConfirmation: undefined });
    await update(chained, chained);
    expect(triggers()).toMatchObject(BOTH);
    await update(properties({ PostConfirmation: 'release' }), chained);
    expect(triggers()).toMatchObject({ PostConfirmation: THEIRS });
  });

  it('is not confused with our own function under a former name', async () => {
    occupy({ PostConfirmation: `${OURS}-formerName` });
    const before = properties({}, { PostConfirmation: { FunctionArn: `${OURS}-formerName` } });
    await update(properties(), before);
    expect(triggers()).toMatchObject(BOTH);
  });
});

describe('CloudFormation is answered', () => {
  it('when it does not take the answer at first', async () => {
    stack.refuse = 2;
    expect(await create(properties())).toMatchObject({
      Status: 'SUCCESS',
      RequestId: 'request-1',
      LogicalResourceId: 'TriggerAttachment',
    });
  });

  it.each([
    ['without properties', {}],
    ['with properties of another kind', { UserPoolId: 7, Triggers: 'both' }],
  ])('%s', async (_, wrong) => {
    expect(await create(wrong)).toMatchObject({ Status: 'FAILED' });
    expect(await remove(wrong)).toMatchObject({ Status: 'FAILED' });
  });

  it('when no pool was given', async () => {
    const answer = await create({ ...properties(), UserPoolId: '' });
    expect(answer).toMatchObject({ Status: 'FAILED' });
    expect(answer.Reason).toContain('--param userPoolId=');
    expect(await remove({ ...properties(), UserPoolId: '' })).toMatchObject({ Status: 'SUCCESS' });
  });

  it('when there is no such pool: a failure to create, no obstacle to remove', async () => {
    const nowhere = { ...properties(), UserPoolId: 'eu-central-1_Nowhere01' };
    const created = await create(nowhere);
    expect(created).toMatchObject({ Status: 'FAILED' });
    expect(created.Reason).toMatch(/ResourceNotFoundException/);
    expect(await remove(nowhere)).toMatchObject({ Status: 'SUCCESS' });
  });

  it('when nothing can be read', async () => {
    cognito.control.denied.add('DescribeUserPool');
    const answer = await update(properties(), properties({ PostConfirmation: THEIRS }));
    expect(answer).toMatchObject({ Status: 'FAILED' });
    expect(answer.Reason).toMatch(/DescribeUserPool/);
  });

  it('in few words, however long the difference is', async () => {
    pool().future = { Long: Object.fromEntries([...Array(300)].map((_, n) => [`k${n}`, n])) };
    expect(await create(properties())).toMatchObject({ Status: 'FAILED' });
  });
});

describe('another pool', () => {
  const ELSEWHERE = 'eu-central-1_Elsewhere1';

  it('is not observed by a stage that observes one: the message says what to do', async () => {
    await create(properties());
    const answer = await update({ ...properties(), UserPoolId: ELSEWHERE }, properties());
    expect(answer).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: `${cognito.userPoolId}/triggers`,
    });
    expect(answer.Reason).toContain('npx serverless remove');
    expect(triggers()).toMatchObject(BOTH);
  });

  it('is no obstacle to the roll-back of a deployment that named it', async () => {
    await create(properties());
    const answer = await update(properties(), { ...properties(), UserPoolId: ELSEWHERE });
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject(BOTH);
  });

  it('may have our functions taken off by a stack that has moved on', async () => {
    occupy({ PostConfirmation: POST_CONFIRMATION, PreAuthentication: SOMEBODY_ELSES });
    const moved = { ...properties(), UserPoolId: ELSEWHERE };
    expect(await send('Delete', properties(), undefined, moved)).toMatchObject({
      Status: 'SUCCESS',
    });
    expect(triggers()).not.toHaveProperty('PostConfirmation');
    expect(triggers()).toMatchObject({ PreAuthentication: SOMEBODY_ELSES });
  });
});

describe('whoever may invoke the function directly', () => {
  const FOREIGN = 'arn:aws:lambda:eu-central-1:111122223333:function:eve';
  const ANOTHER_STAGE = `${OURS}-2-postConfirmation`;
  const asks = (PostConfirmation: { FunctionArn: string; Chained?: string }) =>
    properties({}, { PostConfirmation });

  it.each([
    ['a function of their own', () => asks({ FunctionArn: FOREIGN })],
    ['a function of another stage', () => asks({ FunctionArn: ANOTHER_STAGE })],
    ['another function of this stage', () => asks({ FunctionArn: `${OURS}-consumer` })],
    ['a function that ours does not chain', () => properties({ PostConfirmation: FOREIGN })],
    [
      'a trigger that is not deployed',
      () => properties({}, { PostAuthentication: { FunctionArn: FOREIGN } }),
    ],
    ['another pool', () => ({ ...properties(), UserPoolId: 'eu-central-1_Another01' })],
  ])('cannot have %s attached', async (_, asked) => {
    await create(properties());
    occupy({ PostConfirmation: SOMEBODY_ELSES });
    const before = structuredClone(pool().settings);
    for (const type of ['Create', 'Update']) {
      const answer = await send(type, asked(), properties(), properties());
      expect(answer).toMatchObject({ Status: 'FAILED' });
    }
    expect(pool().settings).toEqual(before);
  });

  it('cannot have a function put there by giving it back', async () => {
    await create(properties());
    const before = structuredClone(pool().settings);
    const claimed = properties({ PostConfirmation: FOREIGN });
    const given = properties({ PostConfirmation: 'release' });
    expect(await send('Delete', claimed, undefined, properties())).toMatchObject({
      Status: 'FAILED',
    });
    await send('Update', given, claimed, given);
    cloudFormation.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
    await send('Update', properties(), claimed, properties());
    expect(JSON.stringify(pool().settings)).not.toContain(FOREIGN);
    expect(pool().settings).toEqual(before);
  });

  it("cannot have somebody else's place taken by calling it ours", async () => {
    occupy({ PostConfirmation: SOMEBODY_ELSES });
    const claimed = asks({ FunctionArn: SOMEBODY_ELSES });
    expect(await send('Update', properties(), claimed, properties())).toMatchObject({
      Status: 'FAILED',
    });
    expect(await send('Delete', claimed, undefined, properties())).toMatchObject({
      Status: 'FAILED',
    });
    expect(triggers()).toMatchObject({ PostConfirmation: SOMEBODY_ELSES });
  });

  it.each([
    'http://127.0.0.1:1/x',
    'https://example.com/x',
    'https://eves-bucket.s3.amazonaws.com/x',
    'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com.example.com/x',
  ])('has no answer sent to %s, and nothing done', async (ResponseURL) => {
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', undefined);
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDFORMATION', undefined);
    vi.stubEnv('AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER', undefined);
    const event = { RequestType: 'Create', ResponseURL, ResourceProperties: properties() };
    await expect(invoke(event, properties())).rejects.toThrow('none of CloudFormation');
    expect(cognito.control.requests).toEqual([]);
    expect(stack.answers).toEqual([]);
  });
});
