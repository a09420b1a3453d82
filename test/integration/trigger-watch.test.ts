import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalLambda, startLambda } from '../../local/emulators/lambda/lambda.ts';
import { metricTotals } from '../rigs/dual-run.ts';
import { type StrictCognito, startStrictCognito } from '../stand-ins/strict-cognito.ts';

const OURS = 'arn:aws:lambda:eu-central-1:111122223333:function:ours';
const THEIRS = 'arn:aws:lambda:eu-central-1:111122223333:function:theirs';

let cognito: StrictCognito;
let lambda: LocalLambda;
let logs: string[];

beforeAll(async () => {
  cognito = await startStrictCognito();
  lambda = await startLambda({
    env: {
      triggerWatch: {
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.endpoint,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        SYNC_USER_POOL_ID: cognito.userPoolId,
        SYNC_POST_CONFIRMATION_FUNCTION_ARN: OURS,
        SYNC_PRE_AUTHENTICATION_FUNCTION_ARN: OURS,
      },
    },
    onLog: (_, line) => logs.push(line),
  });
});
beforeEach(() => {
  logs = [];
  cognito.control.denied.clear();
});
afterAll(async () => {
  await lambda.close();
  await cognito.close();
});

describe('the trigger watch', () => {
  it.each([
    [
      'both are attached',
      { PostConfirmation: OURS, PreAuthentication: OURS, PreSignUp: THEIRS },
      2,
    ],
    ['one is attached and the other is empty', { PostConfirmation: OURS }, 1],
    [
      'one is attached and the other calls another function',
      { PostConfirmation: OURS, PreAuthentication: THEIRS },
      1,
    ],
    ['none is attached', {}, 0],
  ])('counts attached and detached triggers when %s', async (_, LambdaConfig, attached) => {
    cognito.control.pool.settings = { LambdaConfig };
    await lambda.invoke('triggerWatch', {});
    expect(metricTotals(logs)).toEqual({
      TriggersAttached: attached,
      TriggersDetached: 2 - attached,
    });
    const errors = logs.filter((line) => line.includes('"level":"ERROR"'));
    expect(errors).toHaveLength(2 - attached);
  });

  it('fails, and emits no metric, when DescribeUserPool is denied', async () => {
    cognito.control.denied.add('DescribeUserPool');
    await expect(lambda.invoke('triggerWatch', {})).rejects.toThrow('AccessDenied');
    expect(metricTotals(logs)).toEqual({});
  });
});
