import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { Environment } from '../config/environment.ts';
import type { Trigger } from '../config/pool-triggers.ts';
import { askForCaller, checkCredentials } from './caller.ts';
import { checkConcurrency, estimateSeed } from './capacity.ts';
import { type PreflightCheckResult, runChecks } from './check.ts';
import { checkDeployer } from './deployer-permissions.ts';
import { askForKey, checkKeyParameter, checkKmsKey } from './key-parameter.ts';
import { askForPool, checkPool } from './pool.ts';
import { checkRegion } from './region.ts';
import { checkCustomSenderKey, checkEmailSender, checkSmsRole } from './side-permissions.ts';
import { checkChained, checkTrigger } from './triggers.ts';
import { checkWorkosKey } from './workos-key.ts';

/** `ready`: nothing has failed; there may be warnings, and things that could not be checked. */
export type Preflight = { ready: boolean; checks: PreflightCheckResult[] };

export type PreflightOptions = {
  userPoolId: string;
  stage: string;
  keyParameter: string;
  /** The triggers that are to be taken, each with the function that is to be chained there. */
  triggers: { trigger: Trigger; chained?: string }[];
  /** Sealed passwords are to be carried: the deployer makes a key for them. */
  carryPasswords: boolean;
  env: Environment;
};

/** AWS answers these in tenths of a second. */
const REQUEST = { connectionTimeout: 3_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/** Checks everything that a first deployment depends on, and changes nothing. */
export async function preflight(options: PreflightOptions): Promise<Preflight> {
  const { userPoolId, stage, keyParameter, triggers, carryPasswords, env } = options;
  const region = userPoolId.split('_')[0] ?? '';
  const client = { region, requestHandler: REQUEST, maxAttempts: 2 };
  const iam = new IAMClient(client);
  const lambda = new LambdaClient(client);
  const ssm = new SSMClient(client);
  const caller = askForCaller(new STSClient(client));
  const pool = askForPool(new CognitoIdentityProviderClient(client), userPoolId);
  const key = askForKey(ssm, keyParameter);
  const checks = await runChecks([
    checkCredentials(caller),
    checkRegion(region, env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined),
    checkPool(pool, userPoolId),
    ...triggers.flatMap(({ trigger, chained }) => [
      checkTrigger(pool, { trigger, stage, chained }),
      ...(chained === undefined ? [] : [checkChained(lambda, trigger, chained)]),
    ]),
    checkSmsRole(pool, iam),
    checkCustomSenderKey(pool),
    checkEmailSender(pool),
    checkKeyParameter(key, keyParameter),
    checkKmsKey(ssm, keyParameter),
    checkWorkosKey(key, env),
    checkDeployer(iam, caller, { region, stage, carryPasswords }),
    checkConcurrency(lambda),
    estimateSeed(pool),
  ]);
  return { ready: checks.every(({ status }) => status !== 'fail'), checks };
}
