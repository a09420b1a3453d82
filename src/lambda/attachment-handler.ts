import { setTimeout as sleep } from 'node:timers/promises';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { LambdaClient } from '@aws-sdk/client-lambda';
import middy from '@middy/core';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import * as v from 'valibot';
import {
  AttachmentError,
  createChangeTriggers,
  type FormerFunctions,
} from '../cognito/user-pool/change-triggers.ts';
import { withFirstContact } from '../cognito/user-pool/first-contact.ts';
import { createFormerFunctions, tolerant } from '../cognito/user-pool/former-functions.ts';
import { createPoolAdministration } from '../cognito/user-pool/pool-administration.ts';
import { type Attachments, TRIGGERS } from '../cognito/user-pool/triggers.ts';
import { createTelemetry, type Log } from '../telemetry.ts';
import { answerCloudFormation, type ResourceAnswer } from './cloudformation-answer.ts';

/** Kept free at the end of an invocation, for the answer to CloudFormation and its retries. */
const RESERVE_MS = 30_000;
const DEFAULT_REMAINING_MS = 120_000;

const attachmentSchema = v.pipe(
  v.object({ FunctionArn: v.string(), Chained: v.optional(v.string(), '') }),
  v.transform(({ FunctionArn, Chained }) => ({
    functionArn: FunctionArn,
    ...(Chained !== '' && { chained: Chained }),
  })),
);

/** The properties of Custom::TriggerAttachment, see serverless/attachment.yml. */
const propertiesSchema = v.object({
  UserPoolId: v.string(),
  Triggers: v.partial(
    v.object({
      PostConfirmation: attachmentSchema,
      PreAuthentication: attachmentSchema,
      PostAuthentication: attachmentSchema,
    }),
  ),
});

type Properties = { userPoolId: string; wanted: Attachments };

/**
 * The custom resource that attaches the triggers to the pool when the stack is deployed, and takes them
 * off when it is removed. CloudFormation is always answered.
 *
 * @param options.service the function's name in logs.
 */
export function createAttachmentHandler(options: { service: string }) {
  const { logger, log } = createTelemetry(options.service);
  const cognito = new CognitoIdentityProviderClient({ maxAttempts: 6 });
  const lambda = new LambdaClient({ maxAttempts: 6 });
  return middy<CloudFormationCustomResourceEvent, ResourceAnswer>()
    .use(injectLambdaContext(logger, { logEvent: false }))
    .use(answerCloudFormation(log))
    .handler(async (event: CloudFormationCustomResourceEvent, context: Partial<Context>) => {
      const remaining = context.getRemainingTimeInMillis?.() ?? DEFAULT_REMAINING_MS;
      const tooLate = AbortSignal.timeout(Math.max(1_000, remaining - RESERVE_MS));
      const functionArn = context.invokedFunctionArn ?? event.ResourceProperties.ServiceToken;
      const former = tolerant(createFormerFunctions(lambda, functionArn), log);
      return Promise.race([carryOut(event, { cognito, former, log, tooLate }), failWhen(tooLate)]);
    });
}

async function carryOut(
  event: CloudFormationCustomResourceEvent,
  parts: {
    cognito: CognitoIdentityProviderClient;
    former: FormerFunctions;
    log: Log;
    tooLate: AbortSignal;
  },
): Promise<ResourceAnswer> {
  const { cognito, former, log, tooLate } = parts;
  if (event.RequestType === 'Delete' && event.ResourceProperties.UserPoolId === '') {
    // What was refused for the lack of a pool has nothing to give back.
    return { physicalResourceId: event.PhysicalResourceId };
  }
  const now = parseProperties(event.ResourceProperties);
  const physicalResourceId = `${now.userPoolId}/triggers`;
  const administration = createPoolAdministration(cognito, now.userPoolId, tooLate);
  const change = createChangeTriggers({
    pool: event.RequestType === 'Create' ? withFirstContact(administration, sleep) : administration,
    former,
    log,
    wait: sleep,
  });
  switch (event.RequestType) {
    case 'Create':
      await change(now.wanted);
      return { physicalResourceId };
    case 'Update': {
      const before = parseProperties(event.OldResourceProperties);
      // Another pool is another resource: CloudFormation deletes the one of the old pool afterwards.
      await change(now.wanted, before.userPoolId === now.userPoolId ? before.wanted : undefined);
      return { physicalResourceId };
    }
    case 'Delete':
      await change({}, now.wanted).catch((error: unknown) => {
        // No pool, no triggers: the stack may go.
        if (!(error instanceof Error && error.name === 'ResourceNotFoundException')) throw error;
        log.warn('the user pool does not exist any more: nothing to give back');
      });
      return { physicalResourceId: event.PhysicalResourceId };
  }
}

async function failWhen(tooLate: AbortSignal): Promise<never> {
  await new Promise((resolve) => tooLate.addEventListener('abort', resolve, { once: true }));
  throw new AttachmentError(
    'Cognito did not answer in time; what is attached now tells npm run triggers. Try again',
  );
}

function parseProperties(properties: unknown): Properties {
  const parsed = v.safeParse(propertiesSchema, properties);
  if (parsed.success && parsed.output.UserPoolId === '') {
    throw new AttachmentError(
      'no user pool is given: deploy with --param userPoolId=<region>_<id>',
    );
  }
  if (!parsed.success) {
    const fields = parsed.issues.map((issue) => v.getDotPath(issue) ?? 'all of them').join(', ');
    throw new AttachmentError(`the properties of the custom resource are wrong: ${fields}`);
  }
  const { UserPoolId: userPoolId, Triggers: triggers } = parsed.output;
  const wanted: Attachments = {};
  for (const trigger of TRIGGERS) {
    const attachment = triggers[trigger];
    if (attachment) wanted[trigger] = attachment;
  }
  return { userPoolId, wanted };
}
