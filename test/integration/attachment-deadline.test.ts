import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createAttachmentHandler } from '../../src/user-pool-triggers/attachment-handler.ts';
import { type LambdaApi, startLambdaApi } from '../stand-ins/lambda-api.ts';
import { type StackAnswers, startStackAnswers } from '../stand-ins/stack-answers.ts';
import { type StrictCognito, startStrictCognito } from '../stand-ins/strict-cognito.ts';

const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:sync-dev-postConfirmation';
/** Reading the pool twice takes longer than the time that is given to it. */
const LATENCY_MS = 400;
/** A second more than is kept free for the answer. */
const REMAINING_MS = 31_000;

let cognito: StrictCognito;
let stack: StackAnswers;
let lambda: LambdaApi;

beforeEach(async () => {
  cognito = await startStrictCognito({ latencyMs: LATENCY_MS });
  stack = await startStackAnswers();
  lambda = await startLambdaApi();
  vi.stubEnv('AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER', cognito.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', lambda.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('SYNC_USER_POOL_ID', cognito.userPoolId);
  vi.stubEnv('SYNC_POST_CONFIRMATION_FUNCTION_ARN', FUNCTION_ARN);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await cognito.close();
  await stack.close();
  await lambda.close();
});

it('a trigger attachment that runs out of time answers FAILED, and does not update the pool afterwards', async () => {
  const handler: unknown = createAttachmentHandler({
    service: 'trigger-attachment',
    env: process.env,
  });
  if (typeof handler !== 'function') throw new TypeError('not a handler');
  const event = {
    RequestType: 'Create',
    ResponseURL: stack.url,
    StackId: 'stack-1',
    RequestId: 'request-1',
    LogicalResourceId: 'TriggerAttachment',
    ResourceProperties: {
      ServiceToken: FUNCTION_ARN,
      UserPoolId: cognito.userPoolId,
      Triggers: { PostConfirmation: { FunctionArn: FUNCTION_ARN, Chained: '' } },
    },
  };
  await handler(event, { getRemainingTimeInMillis: () => REMAINING_MS });
  expect(stack.answers).toEqual([
    expect.objectContaining({ Status: 'FAILED', Reason: expect.stringContaining('in time') }),
  ]);
  // The event loop goes on, as it does in a sandbox that Lambda uses for the next request.
  await delay(6 * LATENCY_MS);
  const actions = cognito.control.requests.map(({ action }) => action);
  expect(actions).toContain('DescribeUserPool');
  expect(actions).not.toContain('UpdateUserPool');
});
