import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalLambda, startLambda } from '../../local/lambda.ts';
import { type LambdaApi, startLambdaApi } from '../support/lambda-api.ts';
import { type StackAnswers, startStackAnswers } from '../support/stack-answers.ts';
import {
  AWKWARD_SETTINGS,
  type StrictCognito,
  startStrictCognito,
} from '../support/strict-cognito.ts';

const OURS = 'arn:aws:lambda:eu-central-1:111122223333:function:cognito-workos-sync-dev';
const POST_CONFIRMATION = `${OURS}-postConfirmation`;
const PRE_AUTHENTICATION = `${OURS}-preAuthentication`;
const POST_AUTHENTICATION = `${OURS}-postAuthentication`;
const THEIRS = 'arn:aws:lambda:eu-central-1:111122223333:function:welcome-mail:live';
const SOMEBODY_ELSES = 'arn:aws:lambda:eu-central-1:111122223333:function:terraform-made';

let cognito: StrictCognito;
let stack: StackAnswers;
let lambda: LocalLambda;
let tags: LambdaApi;
let logs: string[];

beforeAll(async () => {
  cognito = await startStrictCognito();
  stack = await startStackAnswers();
  tags = await startLambdaApi();
  const env = {
    AWS_ENDPOINT_URL_LAMBDA: tags.endpoint,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  lambda = await startLambda({
    env: { triggerAttachment: env },
    onLog: (_, line) => logs.push(line),
  });
});
beforeEach(() => {
  logs = [];
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
afterAll(async () => {
  await lambda.close();
  await stack.close();
  await tags.close();
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

async function send(RequestType: string, now: object, before?: object) {
  const isFirst = RequestType === 'Create';
  await lambda.invoke('triggerAttachment', {
    RequestType,
    ResponseURL: stack.url,
    StackId: 'arn:aws:cloudformation:eu-central-1:111122223333:stack/sync/1',
    RequestId: `request-${stack.answers.length + 1}`,
    LogicalResourceId: 'TriggerAttachment',
    ResourceType: 'Custom::TriggerAttachment',
    ServiceToken: `${OURS}-triggerAttachment`,
    ResourceProperties: now,
    ...(!isFirst && { PhysicalResourceId: `${cognito.userPoolId}/triggers` }),
    ...(before && { OldResourceProperties: before }),
  });
  const answer = stack.answers.at(-1);
  if (!answer) throw new Error('CloudFormation was not answered');
  return answer;
}

const create = (now: object) => send('Create', now);
const remove = (now: object) => send('Delete', now);
const update = (now: object, before: object) => send('Update', now, before);

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

  it('is given back when the owner takes the name away', async () => {
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    await create(chained);
    expect(await update(properties(), chained)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject({ ...BOTH, PostConfirmation: THEIRS });
    await remove(properties());
    expect(triggers()).toMatchObject({ PostConfirmation: THEIRS });
    expect(triggers()).not.toHaveProperty('PreAuthentication');
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

  it('is left alone when the parameter goes where somebody has taken ours meanwhile', async () => {
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    await create(chained);
    occupy({ PostConfirmation: SOMEBODY_ELSES });
    expect(await update(properties(), chained)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject({ PostConfirmation: SOMEBODY_ELSES });
  });

  it('never stops a roll-back', async () => {
    await create(properties());
    occupy({ PreAuthentication: SOMEBODY_ELSES });
    const failed = properties({ PostConfirmation: THEIRS, PreAuthentication: THEIRS });
    expect(await update(failed, properties())).toMatchObject({ Status: 'FAILED' });
    expect(await update(properties(), failed)).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject({ ...BOTH, PreAuthentication: SOMEBODY_ELSES });
  });

  it('is not put where it never was, when a deployment that named it fails for another reason', async () => {
    await create(properties());
    const named = properties({ PostConfirmation: THEIRS });
    await update(named, properties());
    await update(properties(), named);
    expect(triggers()).toMatchObject(BOTH);
  });

  it('is given back after its trigger was lost and mended', async () => {
    occupy({ PostConfirmation: THEIRS });
    const chained = properties({ PostConfirmation: THEIRS });
    await create(chained);
    occupy({ PostConfirmation: undefined });
    await update(chained, chained);
    expect(triggers()).toMatchObject(BOTH);
    await update(properties(), chained);
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

  it('when another pool is to be observed: the old one gets its triggers back afterwards', async () => {
    await create(properties());
    const elsewhere = { ...properties(), UserPoolId: 'eu-central-1_Elsewhere1' };
    const failed = await update(elsewhere, properties());
    expect(failed).toMatchObject({ Status: 'FAILED' });
    expect(triggers()).toMatchObject(BOTH);
  });
});
