import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Trigger } from '../config/pool-triggers.ts';
import {
  poolToTriggers,
  type TriggerHolder,
  toTriggerHolder,
} from '../user-pool-triggers/trigger-holder.ts';
import { ask, type Fact, type PreflightCheck, type PreflightFinding } from './check.ts';
import { withPool } from './pool.ts';

/** What each trigger is called in options and check names, and which parameter chains a function there. */
const NAMES: Record<Trigger, { name: string; param: string }> = {
  PostConfirmation: { name: 'post-confirmation', param: 'chainPostConfirmation' },
  PreAuthentication: { name: 'pre-authentication', param: 'chainPreAuthentication' },
  PostAuthentication: { name: 'post-authentication', param: 'chainPostAuthentication' },
};

/** Cognito waits five seconds for both functions together (developer guide, Lambda triggers). */
const CHAINED_TIMEOUT_SECONDS = 3;

/** Whether ours may take the trigger: it is free, ours already, or its function is to be chained. */
export function checkTrigger(
  pool: Promise<Fact<UserPoolType>>,
  options: { trigger: Trigger; stage: string; chained: string | undefined },
): PreflightCheck {
  const { trigger, stage, chained } = options;
  return {
    name: `trigger-${NAMES[trigger].name}`,
    run: () =>
      withPool(pool, (found) => {
        const holder = toTriggerHolder(trigger, poolToTriggers(found)[trigger], { stage });
        return judgeHolder(holder, trigger, chained);
      }),
  };
}

function judgeHolder(
  holder: TriggerHolder,
  trigger: Trigger,
  chained: string | undefined,
): PreflightFinding {
  const { name, param } = NAMES[trigger];
  switch (holder.kind) {
    case 'empty': {
      if (chained === undefined) return { status: 'ok', detail: 'the trigger is free' };
      const todo = `leave out --chain-${name} and --param ${param}`;
      return { status: 'fail', detail: 'the trigger is free: there is nothing to chain', todo };
    }
    case 'ours':
      return { status: 'ok', detail: 'already attached' };
    case 'other_stage': {
      const detail = `another stage of this service is attached: ${holder.stage} (${holder.functionArn})`;
      const todo = `remove that stage first, or deploy it with --stage ${holder.stage}`;
      return { status: 'fail', detail, todo };
    }
    case 'foreign':
      return judgeForeign(holder.functionArn, `--chain-${name}`, { param, chained });
  }
}

function judgeForeign(
  functionArn: string,
  option: string,
  { param, chained }: { param: string; chained: string | undefined },
): PreflightFinding {
  if (chained === functionArn) return { status: 'ok', detail: `ours will call ${functionArn}` };
  const detail =
    chained === undefined
      ? `another function is attached, and would no longer be called: ${functionArn}`
      : `another function is attached than the one to chain: ${functionArn}`;
  const todo = `chain it: ${option} here, and when deploying --param ${param}=${functionArn}`;
  return { status: 'fail', detail, todo };
}

/** The function that ours is to call: whether it exists, and answers in time. */
export function checkChained(lambda: LambdaClient, trigger: Trigger, arn: string): PreflightCheck {
  return {
    name: `chained-${NAMES[trigger].name}`,
    async run() {
      const command = new GetFunctionConfigurationCommand({ FunctionName: arn });
      const fact = await ask((abortSignal) => lambda.send(command, { abortSignal }));
      if (fact.known) return judgeTimeout(arn, fact.value.Timeout);
      if (fact.failure.kind === 'not_found') {
        const todo = 'check the ARN: at a sign-in there would be no function to call';
        return { status: 'fail', detail: `there is no function ${arn}`, todo };
      }
      return {
        status: 'warn',
        detail: `whether ${arn} exists could not be checked`,
        todo: `allow lambda:GetFunctionConfiguration on ${arn}, or look it up in the console`,
      };
    },
  };
}

function judgeTimeout(arn: string, seconds: number | undefined): PreflightFinding {
  if (seconds === undefined || seconds <= CHAINED_TIMEOUT_SECONDS) {
    return { status: 'ok', detail: `${arn}, timeout ${seconds ?? 'unknown'} s` };
  }
  return {
    status: 'warn',
    detail: `${arn} may take ${seconds} s; Cognito waits 5 s for it and ours together`,
    todo: `see that it answers in less than ${CHAINED_TIMEOUT_SECONDS} s`,
  };
}
