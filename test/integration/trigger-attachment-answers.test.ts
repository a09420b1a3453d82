import { describe, expect, it, vi } from 'vitest';
import { expectViolations } from '../contracts/expect-violations.ts';
import {
  BOTH,
  OURS,
  POST_CONFIRMATION,
  attachmentProperties as properties,
  THEIRS,
  UNKNOWN_FUNCTION,
} from '../fixtures/attachment-properties.ts';
import { invokeAttachment, useTriggerAttachment } from '../rigs/trigger-attachment.ts';

const { cognito, stack, cloudFormation, send, update, create, remove, pool, triggers, occupy } =
  useTriggerAttachment();

describe('CloudFormation gets an answer', () => {
  it('when it has refused the answer twice', async () => {
    stack().refuse = 2;
    expect(await create(properties())).toMatchObject({
      Status: 'SUCCESS',
      RequestId: 'request-1',
      LogicalResourceId: 'TriggerAttachment',
    });
  });

  it.each([
    ['without properties', {}],
    ['with properties of another kind', { UserPoolId: 7, Triggers: 'both' }],
  ])('FAILED, for a request %s', async (_, wrong) => {
    expect(await create(wrong)).toMatchObject({ Status: 'FAILED' });
    expect(await remove(wrong)).toMatchObject({ Status: 'FAILED' });
  });

  it('when no pool is given: FAILED to create, SUCCESS to delete', async () => {
    const answer = await create({ ...properties(), UserPoolId: '' });
    expect(answer).toMatchObject({ Status: 'FAILED' });
    expect(answer.Reason).toContain('--param userPoolId=');
    expect(await remove({ ...properties(), UserPoolId: '' })).toMatchObject({ Status: 'SUCCESS' });
  });

  it('when the pool does not exist: FAILED to create, SUCCESS to delete', async () => {
    const nowhere = { ...properties(), UserPoolId: 'eu-central-1_Nowhere01' };
    const created = await create(nowhere);
    expect(created).toMatchObject({ Status: 'FAILED' });
    expect(created.Reason).toMatch(/ResourceNotFoundException/);
    expect(await remove(nowhere)).toMatchObject({ Status: 'SUCCESS' });
  });

  it('when the pool cannot be read: FAILED', async () => {
    cognito().control.denied.add('DescribeUserPool');
    const answer = await update(properties(), properties({ PostConfirmation: THEIRS }));
    expect(answer).toMatchObject({ Status: 'FAILED' });
    expect(answer.Reason).toMatch(/DescribeUserPool/);
  });

  it('of limited length when the difference is long', async () => {
    expectViolations(/DescribeUserPool, answer .* Long/, /UpdateUserPool, request .* Long/);
    pool().future = { Long: Object.fromEntries([...Array(300)].map((_, n) => [`k${n}`, n])) };
    const answer = await create(properties());
    expect(answer).toMatchObject({ Status: 'FAILED' });
    expect(answer.Reason).toContain('Long');
    expect(String(answer.Reason).length).toBeLessThan(2_100);
  });
});

describe('another pool in the properties', () => {
  const ELSEWHERE = 'eu-central-1_Elsewhere1';

  it('makes an update fail, and the answer says what to do first', async () => {
    await create(properties());
    const answer = await update({ ...properties(), UserPoolId: ELSEWHERE }, properties());
    expect(answer).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: `${cognito().userPoolId}/triggers`,
    });
    expect(answer.Reason).toContain('npx serverless remove');
    expect(triggers()).toMatchObject(BOTH);
  });

  it('does not make the rollback of a deployment fail that named it', async () => {
    await create(properties());
    const answer = await update(properties(), { ...properties(), UserPoolId: ELSEWHERE });
    expect(answer).toMatchObject({ Status: 'SUCCESS' });
    expect(triggers()).toMatchObject(BOTH);
  });

  it('has our functions detached by the Delete of a stack that was moved to a new pool', async () => {
    occupy({ PostConfirmation: POST_CONFIRMATION, PreAuthentication: UNKNOWN_FUNCTION });
    const moved = { ...properties(), UserPoolId: ELSEWHERE };
    expect(await send('Delete', properties(), undefined, moved)).toMatchObject({
      Status: 'SUCCESS',
    });
    expect(triggers()).not.toHaveProperty('PostConfirmation');
    expect(triggers()).toMatchObject({ PreAuthentication: UNKNOWN_FUNCTION });
  });
});

describe('a caller who invokes the trigger attachment directly', () => {
  const FOREIGN = 'arn:aws:lambda:eu-central-1:111122223333:function:eve';
  const ANOTHER_STAGE = `${OURS}-2-postConfirmation`;
  const asks = (PostConfirmation: { FunctionArn: string; Chained?: string }) =>
    properties({}, { PostConfirmation });

  it.each([
    ['a function of its own', () => asks({ FunctionArn: FOREIGN })],
    ['a function of another stage', () => asks({ FunctionArn: ANOTHER_STAGE })],
    ['another function of this stage', () => asks({ FunctionArn: `${OURS}-consumer` })],
    ['a function that ours does not chain', () => properties({ PostConfirmation: FOREIGN })],
    [
      'a trigger that is not deployed',
      () => properties({}, { PostAuthentication: { FunctionArn: FOREIGN } }),
    ],
    ['another pool', () => ({ ...properties(), UserPoolId: 'eu-central-1_Another01' })],
  ])('cannot attach %s', async (_, asked) => {
    await create(properties());
    occupy({ PostConfirmation: UNKNOWN_FUNCTION });
    const before = structuredClone(pool().settings);
    for (const type of ['Create', 'Update']) {
      const answer = await send(type, asked(), properties(), properties());
      expect(answer).toMatchObject({ Status: 'FAILED' });
    }
    expect(pool().settings).toEqual(before);
  });

  it('cannot attach a function by releasing a trigger to it', async () => {
    await create(properties());
    const before = structuredClone(pool().settings);
    const claimed = properties({ PostConfirmation: FOREIGN });
    const given = properties({ PostConfirmation: 'release' });
    expect(await send('Delete', claimed, undefined, properties())).toMatchObject({
      Status: 'FAILED',
    });
    await send('Update', given, claimed, given);
    cloudFormation().status = 'UPDATE_ROLLBACK_IN_PROGRESS';
    await send('Update', properties(), claimed, properties());
    expect(JSON.stringify(pool().settings)).not.toContain(FOREIGN);
    expect(pool().settings).toEqual(before);
  });

  it('cannot replace another function by claiming it as ours', async () => {
    occupy({ PostConfirmation: UNKNOWN_FUNCTION });
    const claimed = asks({ FunctionArn: UNKNOWN_FUNCTION });
    expect(await send('Update', properties(), claimed, properties())).toMatchObject({
      Status: 'FAILED',
    });
    expect(await send('Delete', claimed, undefined, properties())).toMatchObject({
      Status: 'FAILED',
    });
    expect(triggers()).toMatchObject({ PostConfirmation: UNKNOWN_FUNCTION });
  });

  it.each([
    'http://127.0.0.1:1/x',
    'https://example.com/x',
    'https://eves-bucket.s3.amazonaws.com/x',
    'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com.example.com/x',
  ])('gets no answer sent to %s, and changes nothing', async (ResponseURL) => {
    vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', undefined);
    vi.stubEnv('AWS_ENDPOINT_URL_CLOUDFORMATION', undefined);
    vi.stubEnv('AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER', undefined);
    const event = { RequestType: 'Create', ResponseURL, ResourceProperties: properties() };
    await expect(invokeAttachment(event, properties())).rejects.toThrow('none of CloudFormation');
    expect(cognito().control.requests).toEqual([]);
    expect(stack().answers).toEqual([]);
  });
});
