import { ConfigurationError, type Environment, integer } from './environment.ts';

/** The triggers that this project can take, as LambdaConfig names them. */
export const TRIGGERS = ['PostConfirmation', 'PreAuthentication', 'PostAuthentication'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/**
 * What a deployment desires for one trigger.
 *
 * `chained`: another function whose place ours takes, which ours calls, and to which the trigger is restored
 * at the end; `none`, where the operator says that there is no such function any more; or `release`, where
 * the trigger is not to be ours (any more).
 */
export type Attachment = { functionArn: string; chained?: string };
export type Attachments = Partial<Record<Trigger, Attachment>>;

/** The pool, and which function each of its triggers is to call. */
export type TriggerConfig = { userPoolId: string; desired: Attachments };

const TRIGGER_VARIABLES: Record<Trigger, string> = {
  PostConfirmation: 'POST_CONFIRMATION',
  PreAuthentication: 'PRE_AUTHENTICATION',
  PostAuthentication: 'POST_AUTHENTICATION',
};

/**
 * What a deployment desires of the pool's triggers: `SYNC_USER_POOL_ID`, and for each trigger that it
 * takes `SYNC_<TRIGGER>_FUNCTION_ARN` and `SYNC_<TRIGGER>_CHAINED_ARN`, as serverless.yml sets them.
 *
 * @throws ConfigurationError
 */
export function loadTriggerConfig(env: Environment): TriggerConfig {
  const userPoolId = env.SYNC_USER_POOL_ID?.trim();
  if (!userPoolId) throw new ConfigurationError('SYNC_USER_POOL_ID', 'is not set');
  const desired: Attachments = {};
  for (const trigger of TRIGGERS) {
    const functionArn = env[`SYNC_${TRIGGER_VARIABLES[trigger]}_FUNCTION_ARN`]?.trim();
    const chained = env[`SYNC_${TRIGGER_VARIABLES[trigger]}_CHAINED_ARN`]?.trim();
    if (functionArn) desired[trigger] = { functionArn, ...(chained && { chained }) };
  }
  return { userPoolId, desired };
}

/** What the attachment needs beside it: how long functions go on after their triggers were taken off. */
export type AttachmentConfig = TriggerConfig & { settleSeconds: number };

/**
 * `loadTriggerConfig`'s variables, and `SYNC_DETACH_SETTLE_SECONDS` (0 to 60; default 30): Cognito waits five
 * seconds for a trigger and calls it up to three times (FACTS, Cognito), so a sign-in that has read the pool
 * before the change may call for fifteen; as long again for Cognito to spread the change, about which it
 * documents nothing.
 *
 * @throws ConfigurationError
 */
export function loadAttachmentConfig(env: Environment): AttachmentConfig {
  const range = { fallback: 30, min: 0, max: 60 };
  return {
    ...loadTriggerConfig(env),
    settleSeconds: integer(env, 'SYNC_DETACH_SETTLE_SECONDS', range),
  };
}
