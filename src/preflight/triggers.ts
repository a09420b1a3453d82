import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { ask, type Check, type Fact, type Finding, isRefusal } from './check.ts';
import { lookAtPool } from './pool.ts';

/** A place in the pool's LambdaConfig, and what it is called elsewhere. */
export const TRIGGERS = {
  PostConfirmation: { name: 'post-confirmation', param: 'chainPostConfirmation' },
  PreAuthentication: { name: 'pre-authentication', param: 'chainPreAuthentication' },
  PostAuthentication: { name: 'post-authentication', param: 'chainPostAuthentication' },
} as const;
export type Trigger = keyof typeof TRIGGERS;

export const SERVICE = 'cognito-workos-sync';

/** Cognito waits five seconds for both functions together (developer guide, Lambda triggers). */
const CHAINED_TIMEOUT_SECONDS = 3;

export function checkTrigger(
  pool: Promise<Fact<UserPoolType>>,
  options: { trigger: Trigger; stage: string; chained: string | undefined },
): Check {
  const name = `trigger-${TRIGGERS[options.trigger].name}`;
  return {
    name,
    look: () =>
      lookAtPool(pool, (found) => judgePlace(found.LambdaConfig?.[options.trigger], options)),
  };
}

function judgePlace(
  current: string | undefined,
  { trigger, stage, chained }: { trigger: Trigger; stage: string; chained: string | undefined },
): Finding {
  const { name, param } = TRIGGERS[trigger];
  if (current === undefined || current === '') {
    if (chained === undefined) return { status: 'ok', detail: 'the place is free' };
    const todo = `leave out --chain-${name} and --param ${param}`;
    return { status: 'fail', detail: `the place is free: there is nothing to chain`, todo };
  }
  const found = functionName(current);
  const ours = `${trigger.charAt(0).toLowerCase()}${trigger.slice(1)}`;
  if (found === `${SERVICE}-${stage}-${ours}`) return { status: 'ok', detail: 'already attached' };
  if (found.startsWith(`${SERVICE}-`) && found.endsWith(`-${ours}`)) {
    const todo = 'remove that stage first, or deploy the stage that is there with --stage';
    return { status: 'fail', detail: `another stage of this service is attached: ${found}`, todo };
  }
  if (chained === current) return { status: 'ok', detail: `${found} will be called by ours` };
  return {
    status: 'fail',
    detail:
      chained === undefined
        ? `another function is attached, and would no longer be called: ${current}`
        : `another function is attached than the one to chain: ${current}`,
    todo: `chain it: --chain-${name} here, and when deploying --param ${param}=${current}`,
  };
}

/** arn:aws:lambda:region:account:function:name, with or without a version or alias. */
function functionName(arn: string): string {
  return arn.split(':')[6] ?? arn;
}

/** The function that ours is to call in its place's stead. */
export function checkChained(lambda: LambdaClient, trigger: Trigger, arn: string): Check {
  return {
    name: `chained-${TRIGGERS[trigger].name}`,
    async look() {
      const command = new GetFunctionConfigurationCommand({ FunctionName: arn });
      const fact = await ask((abortSignal) => lambda.send(command, { abortSignal }));
      if (fact.known) return judgeTimeout(arn, fact.value.Timeout);
      if (isRefusal(fact.failure, /^ResourceNotFoundException$/)) {
        const todo = 'check the ARN: a sign-in would find nobody to call';
        return { status: 'fail', detail: `there is no function ${arn}`, todo };
      }
      return {
        status: 'warn',
        detail: `whether ${functionName(arn)} exists could not be checked`,
        todo: `allow lambda:GetFunctionConfiguration on ${arn}, or look it up in the console`,
      };
    },
  };
}

function judgeTimeout(arn: string, seconds: number | undefined): Finding {
  const name = functionName(arn);
  if (seconds === undefined || seconds <= CHAINED_TIMEOUT_SECONDS) {
    return { status: 'ok', detail: `${name}, timeout ${seconds ?? 'unknown'} s` };
  }
  return {
    status: 'warn',
    detail: `${name} may take ${seconds} s; Cognito waits 5 s for it and ours together`,
    todo: `see that it answers in less than ${CHAINED_TIMEOUT_SECONDS} s`,
  };
}
