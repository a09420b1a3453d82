import { describe, expect, it } from 'vitest';
import { expectViolations } from '../contracts/expect-violations.ts';
import {
  BOTH,
  POST_AUTHENTICATION,
  attachmentProperties as properties,
  UNKNOWN_FUNCTION,
} from '../fixtures/attachment-properties.ts';
import { invokeAttachment, useTriggerAttachment } from '../rigs/trigger-attachment.ts';
import { AWKWARD_SETTINGS } from '../stand-ins/strict-cognito.ts';

const { cognito, stack, logs, update, create, remove, pool, triggers, occupy, writes } =
  useTriggerAttachment();

/** A setting that AWS adds after this SDK: described, and sent back. */
const FUTURE_SETTING = [
  /DescribeUserPool, answer .* no member QuantumConfiguration/,
  /UpdateUserPool, request .* no member QuantumConfiguration/,
];

/** The settings of the pool with these functions attached. */
const withTriggers = (changes: Record<string, string>) => ({
  ...AWKWARD_SETTINGS,
  LambdaConfig: { ...(AWKWARD_SETTINGS.LambdaConfig as object), ...changes },
});

describe('the trigger attachment', () => {
  it('changes the two triggers and no other setting of the pool', async () => {
    expect(await create(properties())).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: `${cognito().userPoolId}/triggers`,
    });
    expect(pool().settings).toEqual(withTriggers(BOTH));
    expect(pool().mfa).toEqual({ SoftwareTokenMfaConfiguration: { Enabled: true } });
  });

  it('attaches PostAuthentication too when it is deployed', async () => {
    const PostAuthentication = { FunctionArn: POST_AUTHENTICATION, Chained: '', Permission: 'id' };
    await create(properties({}, { PostAuthentication }));
    expect(triggers()).toMatchObject({ ...BOTH, PostAuthentication: POST_AUTHENTICATION });
  });

  it('writes nothing when both triggers are attached already', async () => {
    await create(properties());
    await create(properties());
    await update(properties(), properties());
    expect(writes()).toHaveLength(1);
  });

  it('detaches the triggers on Delete, and leaves the pool as it was', async () => {
    await create(properties());
    expect(await remove(properties())).toMatchObject({ Status: 'SUCCESS' });
    expect(pool().settings).toEqual(AWKWARD_SETTINGS);
  });

  it('answers a Delete only after it has waited for sign-ins under way', async () => {
    await create(properties());
    const event = {
      RequestType: 'Delete',
      ResponseURL: stack().url,
      PhysicalResourceId: `${cognito().userPoolId}/triggers`,
      ResourceProperties: properties(),
    };
    const waits: unknown[] = [];
    await invokeAttachment(event, properties(), async (milliseconds) => {
      waits.push({ milliseconds, triggers: triggers(), answers: stack().answers.length });
    });
    const whenDetached = { triggers: AWKWARD_SETTINGS.LambdaConfig, answers: 1 };
    expect(waits).toEqual([{ milliseconds: 30_000, ...whenDetached }]);
    expect(stack().answers).toHaveLength(2);
  });

  it('waits for sign-ins under way when an Update drops PostAuthentication alone', async () => {
    const three = properties({}, { PostAuthentication: { FunctionArn: POST_AUTHENTICATION } });
    await create(three);
    const event = {
      RequestType: 'Update',
      ResponseURL: stack().url,
      PhysicalResourceId: `${cognito().userPoolId}/triggers`,
      ResourceProperties: properties(),
      OldResourceProperties: three,
    };
    const waits: number[] = [];
    await invokeAttachment(
      event,
      properties(),
      async (milliseconds) => void waits.push(milliseconds),
    );
    expect(waits).toEqual([30_000]);
    expect(triggers()).not.toHaveProperty('PostAuthentication');
  });

  it('attaches and detaches on a pool with default settings only', async () => {
    pool().settings = {};
    await create(properties());
    await remove(properties());
    expect(triggers()).toEqual({});
    expect(stack().answers.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS']);
  });

  it('keeps the system tags of a pool that CloudFormation made', async () => {
    pool().systemTags = { 'aws:cloudformation:stack-name': 'members' };
    expect(await create(properties())).toMatchObject({ Status: 'SUCCESS' });
    await remove(properties());
    expect(pool().settings).toEqual(AWKWARD_SETTINGS);
  });

  it('keeps a setting that another client changes before the update', async () => {
    let reads = 0;
    cognito().control.onRequest = ({ action }) => {
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
    cognito().control.onRequest = ({ action }) => {
      if (action === 'UpdateUserPool') updated = true;
      if (action === 'GetUserPoolMfaConfig' && updated) {
        updated = false;
        cognito().control.onRequest = undefined;
        change();
      }
      return undefined;
    };
  };

  it.each([
    ['a setting', { DeletionProtection: 'INACTIVE' }],
    ['a part of a setting', { Policies: { PasswordPolicy: { MinimumLength: 16 } } }],
    ['a new tag', { UserPoolTags: { team: 'identity', 'cost center': '4711', owner: 'ada' } }],
    ['a removed tag', { UserPoolTags: { team: 'identity' } }],
    ['multi-factor authentication', { MfaConfiguration: 'ON' }],
  ])('keeps what another client changes right after the update: %s', async (_, theirs) => {
    afterTheUpdate(() => {
      pool().settings = { ...pool().settings, ...theirs };
    });
    expect(await create(properties())).toMatchObject({ Status: 'SUCCESS' });
    expect(pool().settings).toEqual({ ...withTriggers(BOTH), ...theirs });
    expect(writes()).toHaveLength(1);
  });

  it('attaches again when another client overwrites the update with older settings', async () => {
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

  it('leaves a trigger to the function that another client attaches right after the update', async () => {
    afterTheUpdate(() => occupy({ PostConfirmation: UNKNOWN_FUNCTION }));
    const answer = await create(properties());
    expect(answer).toMatchObject({ Status: 'FAILED' });
    expect(answer.Reason).toContain(`chainPostConfirmation=${UNKNOWN_FUNCTION}`);
    await remove(properties());
    expect(triggers()).toMatchObject({ PostConfirmation: UNKNOWN_FUNCTION });
    expect(triggers()).not.toHaveProperty('PreAuthentication');
  });

  it('fails, and undoes nothing, when another client keeps changing the pool', async () => {
    let days = 7;
    cognito().control.onRequest = ({ action }) => {
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
    expect(answer.Reason).toContain('keeps being changed by another deployment');
    expect(pool().settings.Policies).toEqual({
      PasswordPolicy: { TemporaryPasswordValidityDays: days },
    });
  });

  it('retries when Cognito answers ConcurrentModificationException', async () => {
    let refusals = 1;
    cognito().control.onRequest = ({ action }) =>
      action === 'UpdateUserPool' && refusals-- > 0
        ? { kind: 'error', type: 'ConcurrentModificationException' }
        : undefined;
    expect(await create(properties())).toMatchObject({ Status: 'SUCCESS' });
    expect(pool().settings).toEqual(withTriggers(BOTH));
  });

  it('retries while the permissions of a new role are not effective yet', async () => {
    let refusals = 2;
    cognito().control.onRequest = ({ action }) =>
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

  it('is reverted, and the answer names the difference', async () => {
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

  it('is reverted only in what it has lost, not in what another client changed meanwhile', async () => {
    expectViolations(...FUTURE_SETTING);
    pool().future = { QuantumConfiguration: { Mode: 'ENTANGLED' } };
    let updated = false;
    cognito().control.onRequest = ({ action }) => {
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

  it('is answered as not restored when the pool cannot be restored', async () => {
    pool().sabotage = lose('DeviceConfiguration');
    const answer = await create(properties());
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toMatch(/could NOT be restored.*DeviceConfiguration/);
  });

  it('is detected in the settings of multi-factor authentication', async () => {
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

  it('is detected and reverted in a setting that the SDK does not know', async () => {
    expectViolations(...FUTURE_SETTING);
    pool().future = { QuantumConfiguration: { Mode: 'ENTANGLED' } };
    const answer = await create(properties());
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toMatch(/QuantumConfiguration: {"Mode":"ENTANGLED"} → absent/);
    expect(pool().future).toEqual({ QuantumConfiguration: { Mode: 'ENTANGLED' } });
    expect(pool().settings).toEqual(AWKWARD_SETTINGS);
  });

  it('is answered without the external id of the SMS role', async () => {
    pool().sabotage = lose('SmsConfiguration');
    const answer = await create(properties());
    expect(answer.Status).toBe('FAILED');
    expect(JSON.stringify([answer, logs])).not.toContain('external-id-of-the-role');
  });

  it('is not assumed when the answer to the update is an error and the triggers are attached', async () => {
    cognito().control.onRequest = ({ action, body }) => {
      if (action !== 'UpdateUserPool') return undefined;
      const { UserPoolId: _, ...settings } = body as Record<string, unknown>;
      pool().settings = settings;
      return { kind: 'error', type: 'InternalErrorException', status: 500 };
    };
    expect(await create(properties())).toMatchObject({ Status: 'SUCCESS' });
  });

  it('is answered with the parameters to deploy when the role may not pass on the SMS role and the KMS key', async () => {
    cognito().control.denied.add('UpdateUserPool');
    const answer = await create(properties());
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('--param smsRoleArn=arn:aws:iam::111122223333:role/sms');
    expect(answer.Reason).toContain('--param customSenderKmsKeyArn=arn:aws:kms:eu-central-1');
    expect(pool().settings).toEqual(AWKWARD_SETTINGS);
  });

  it('is not reverted when Cognito has refused it', async () => {
    cognito().control.onRequest = ({ action }) =>
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
