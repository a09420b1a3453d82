import { setTimeout as sleep } from 'node:timers/promises';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { LambdaClient } from '@aws-sdk/client-lambda';
import middy from '@middy/core';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { classifyAwsError } from '../aws/classify-aws-error.ts';
import type { Environment } from '../config/environment.ts';
import {
  type AttachmentConfig,
  type Attachments,
  loadAttachmentConfig,
  TRIGGERS,
} from '../config/pool-triggers.ts';
import { createTelemetry, type Log } from '../telemetry/telemetry.ts';
import { AttachmentError } from './attachment-error.ts';
import {
  type AttachmentProperties,
  parseAttachmentProperties,
  toPhysicalId,
} from './attachment-properties.ts';
import { createChangeTriggers } from './change-triggers.ts';
import { answerCloudFormation, type ResourceAnswer } from './cloudformation-answer.ts';
import { withFirstContact } from './first-contact.ts';
import { createPoolAdministration } from './pool-administration.ts';
import { createStackFunctions, type StackFunctions } from './stack-functions.ts';
import { createRollBackQuestion } from './stack-status.ts';
import { createTriggerMemory, type TriggerMemory, tolerant } from './trigger-memory.ts';

/** Kept free at the end of an invocation, for the answer to CloudFormation and its retries. */
const RESERVE_MS = 30_000;
const DEFAULT_REMAINING_MS = 120_000;

/**
 * The custom resource that attaches the triggers to the pool when the stack is deployed, and takes them
 * off when it is removed. CloudFormation is always answered.
 *
 * A caller that may invoke the function can send it such an event, too: the function's own environment says which
 * pool and which functions are the stack's, and no other is touched.
 *
 * @param options.service the function's name in logs.
 * @param options.wait milliseconds; as time goes by, unless told otherwise.
 */
export function createAttachmentHandler(options: {
  service: string;
  env: Environment;
  wait?: (milliseconds: number) => Promise<void>;
}) {
  const { env, wait = sleep } = options;
  const { logger, log } = createTelemetry(options.service);
  const clients = {
    cognito: new CognitoIdentityProviderClient({ maxAttempts: 6 }),
    lambda: new LambdaClient({ maxAttempts: 6 }),
    cloudFormation: new CloudFormationClient({ maxAttempts: 3 }),
  };
  return middy<CloudFormationCustomResourceEvent, ResourceAnswer>()
    .use(injectLambdaContext(logger, { logEvent: false }))
    .use(answerCloudFormation(log, env))
    .handler(async (event: CloudFormationCustomResourceEvent, context: Partial<Context>) => {
      const remaining = context.getRemainingTimeInMillis?.() ?? DEFAULT_REMAINING_MS;
      const tooLate = AbortSignal.timeout(Math.max(1_000, remaining - RESERVE_MS));
      const functionArn = context.invokedFunctionArn ?? event.ServiceToken;
      const memory = tolerant(createTriggerMemory(clients.lambda, functionArn), log);
      const work = carryOut(event, { ...clients, env, wait, memory, log, tooLate });
      return Promise.race([work, failWhen(tooLate)]);
    });
}

type Parts = {
  cognito: CognitoIdentityProviderClient;
  cloudFormation: CloudFormationClient;
  env: Environment;
  memory: TriggerMemory;
  log: Log;
  wait: (milliseconds: number) => Promise<void>;
  tooLate: AbortSignal;
};

async function carryOut(
  event: CloudFormationCustomResourceEvent,
  parts: Parts,
): Promise<ResourceAnswer> {
  const { cognito, cloudFormation, memory, log, wait, tooLate } = parts;
  if (event.RequestType === 'Delete' && event.ResourceProperties.UserPoolId === '') {
    // What was refused for the lack of a pool has changed nothing.
    return { physicalResourceId: event.PhysicalResourceId };
  }
  const now = parseAttachmentProperties(event.ResourceProperties);
  const config = loadAttachmentConfig(parts.env);
  const stack = createStackFunctions(anyFunction(config), config.desired);
  const administration = createPoolAdministration(cognito, now.userPoolId, tooLate);
  const change = createChangeTriggers({
    pool: event.RequestType === 'Create' ? withFirstContact(administration, wait) : administration,
    memory,
    stack,
    log,
    wait,
    ...(event.RequestType === 'Update' && {
      isRollBack: createRollBackQuestion({ client: cloudFormation, stackId: event.StackId, log }),
    }),
  });
  switch (event.RequestType) {
    case 'Create':
      refuseForeign(now, config);
      await change(now.desired);
      return { physicalResourceId: toPhysicalId(now) };
    case 'Update': {
      refuseForeign(now, config);
      refuseAnotherPool(event.PhysicalResourceId, now);
      const before = parseAttachmentProperties(event.OldResourceProperties);
      refuseForeignFunctions(before.desired, stack);
      const { written } = await change(now.desired, before.desired);
      if (written && losesFunction(before.desired, now.desired)) await settle(config, parts);
      return { physicalResourceId: event.PhysicalResourceId };
    }
    case 'Delete': {
      // Whatever the pool: taking our own functions off is no harm.
      refuseForeignFunctions(now.desired, stack);
      const { written } = await change({}, now.desired).catch((error: unknown) => {
        // No pool, no triggers: the stack may go.
        if (classifyAwsError(error).kind !== 'not_found') throw error;
        log.warn('the user pool does not exist any more: no trigger to restore');
        return { written: false };
      });
      if (written) await settle(config, parts);
      return { physicalResourceId: event.PhysicalResourceId };
    }
  }
}

/** The functions go right after the answer, and Cognito may still call them. */
async function settle({ settleSeconds }: AttachmentConfig, { log, wait }: Parts): Promise<void> {
  log.info('waiting for sign-ins that are under way', { seconds: settleSeconds });
  await wait(settleSeconds * 1_000);
}

function losesFunction(before: Attachments, now: Attachments): boolean {
  return TRIGGERS.some((trigger) => before[trigger] !== undefined && now[trigger] === undefined);
}

function anyFunction({ desired }: AttachmentConfig): string {
  const member = TRIGGERS.flatMap((trigger) => desired[trigger]?.functionArn ?? [])[0];
  if (member === undefined)
    throw new AttachmentError('the attachment knows no function of its own');
  return member;
}

/** What CloudFormation asks for and what the function is configured with come from one template. */
function refuseForeign(asked: AttachmentProperties, config: AttachmentConfig): void {
  if (asked.userPoolId !== config.userPoolId) {
    throw new AttachmentError(
      `the pool ${asked.userPoolId} is not that of this deployment. The user pool was not changed.`,
    );
  }
  for (const trigger of TRIGGERS) {
    const [want, own] = [asked.desired[trigger], config.desired[trigger]];
    if (want?.functionArn === own?.functionArn && want?.chained === own?.chained) continue;
    throw new AttachmentError(
      `${trigger} is to be ${want?.functionArn ?? 'left alone'}, which is not what this deployment has for it. The user pool was not changed.`,
    );
  }
}

function refuseForeignFunctions(named: Attachments, stack: StackFunctions): void {
  for (const trigger of TRIGGERS) {
    const functionArn = named[trigger]?.functionArn;
    if (functionArn === undefined || stack.isOwn(functionArn)) continue;
    throw new AttachmentError(
      `${functionArn} is not a function of this deployment. The user pool was not changed.`,
    );
  }
}

/**
 * When CloudFormation comes here, this function's role may touch the new pool alone: the old one would keep
 * triggers that Cognito may no longer call, and its sign-ins would fail.
 *
 * @param physicalId names the pool that has the triggers, in a roll-back too.
 */
function refuseAnotherPool(physicalId: string, now: AttachmentProperties): void {
  if (physicalId === toPhysicalId(now)) return;
  throw new AttachmentError(
    `this stage observes another user pool (${physicalId.split('/')[0]}), and one stage observes one pool: remove it first (npx serverless remove), or deploy for ${now.userPoolId} with another --stage`,
  );
}

async function failWhen(tooLate: AbortSignal): Promise<never> {
  await new Promise((resolve) => tooLate.addEventListener('abort', resolve, { once: true }));
  throw new AttachmentError(
    'Cognito did not answer in time; npx cws triggers shows what is attached now. Try again',
  );
}
