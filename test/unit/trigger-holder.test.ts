import { describe, expect, it } from 'vitest';
import { attachedStages, toTriggerHolder } from '../../src/user-pool-triggers/trigger-holder.ts';

const FUNCTION = 'arn:aws:lambda:eu-central-1:111122223333:function:';
const ours = (name: string, stage = 'dev') => `${FUNCTION}cognito-workos-sync-${stage}-${name}`;
const THEIRS = `${FUNCTION}welcome-mail`;

describe('the holder of a trigger', () => {
  it.each(['PostConfirmation', 'PreAuthentication', 'PostAuthentication'] as const)(
    'is ours, of another stage, foreign or empty at %s',
    (trigger) => {
      const name = `${trigger.charAt(0).toLowerCase()}${trigger.slice(1)}`;
      const kindOf = (functionArn: string | undefined) =>
        toTriggerHolder(trigger, functionArn, { stage: 'dev' }).kind;
      expect(kindOf(ours(name))).toBe('ours');
      expect(kindOf(ours(name, 'prod'))).toBe('other_stage');
      expect(kindOf(ours(name, 'dev-2'))).toBe('other_stage');
      expect(kindOf(THEIRS)).toBe('foreign');
      expect(kindOf(undefined)).toBe('empty');
    },
  );

  it('names the other stage, hyphens included', () => {
    const found = ours('postConfirmation', 'dev-2');
    expect(toTriggerHolder('PostConfirmation', found, { stage: 'dev' })).toEqual({
      kind: 'other_stage',
      functionArn: found,
      stage: 'dev-2',
    });
  });

  it('is foreign where our function of another trigger is attached', () => {
    const found = ours('postConfirmation');
    expect(toTriggerHolder('PreAuthentication', found, { stage: 'dev' }).kind).toBe('foreign');
  });

  it('is ours by the whole ARN where the deployment is known', () => {
    const own = { functionArn: ours('postConfirmation') };
    const kindOf = (functionArn: string) =>
      toTriggerHolder('PostConfirmation', functionArn, own).kind;
    expect(kindOf(own.functionArn)).toBe('ours');
    expect(kindOf(own.functionArn.replace('111122223333', '999999999999'))).toBe('foreign');
    expect(kindOf(`${own.functionArn}:live`)).toBe('foreign');
    expect(kindOf(ours('postConfirmation', 'prod'))).toBe('other_stage');
  });

  it('is never ours where no stage is known', () => {
    const found = ours('postConfirmation');
    expect(toTriggerHolder('PostConfirmation', found, { stage: undefined }).kind).toBe(
      'other_stage',
    );
  });
});

it('the stages that a pool calls are each named once', () => {
  expect(
    attachedStages({
      PostConfirmation: ours('postConfirmation'),
      PreAuthentication: ours('preAuthentication'),
      PostAuthentication: ours('postAuthentication', 'prod'),
    }),
  ).toEqual(['dev', 'prod']);
  expect(attachedStages({ PostConfirmation: THEIRS })).toEqual([]);
});
