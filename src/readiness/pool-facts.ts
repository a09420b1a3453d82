import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { createPoolRequest } from '../cognito/pool-requests.ts';
import { SourceError } from '../cognito/user-source.ts';
import type { KnownFact, Readiness } from './facts.ts';

/** What DescribeUserPool says that a cutover depends on. */
export type PoolFacts = {
  name?: string;
  mfa?: 'OFF' | 'OPTIONAL' | 'ON';
  triggers: Extract<Readiness['triggers'], { known: true }>['value'];
};

const PATIENCE = { troubleMs: 20_000, firstContactMs: 10_000 };

/** Needs cognito-idp:DescribeUserPool. */
export async function describePool(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
  signal: AbortSignal,
): Promise<KnownFact<PoolFacts>> {
  const request = createPoolRequest(userPoolId, PATIENCE);
  const command = new DescribeUserPoolCommand({ UserPoolId: userPoolId });
  try {
    const send = (abortSignal: AbortSignal) => client.send(command, { abortSignal });
    const answer = await request('DescribeUserPool', send, signal);
    const pool = answer.kind === 'ok' ? answer.value.UserPool : undefined;
    if (pool) return { known: true, value: toFacts(pool) };
    return { known: false, why: `Cognito does not describe the user pool ${userPoolId}` };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { known: false, why: error.message };
  }
}

function toFacts({ Name: name, MfaConfiguration: mfa, LambdaConfig = {} }: UserPoolType) {
  const triggers = [
    toTrigger('PostConfirmation', 'postConfirmation', LambdaConfig.PostConfirmation),
    toTrigger('PreAuthentication', 'preAuthentication', LambdaConfig.PreAuthentication),
  ];
  return { triggers, ...(name && { name }), ...(mfa && { mfa }) };
}

/** As serverless.yml names its functions: `cognito-workos-sync-<stage>-postConfirmation`. */
const SERVICE = 'cognito-workos-sync-';

function toTrigger(trigger: string, functionName: string, arn: string | undefined) {
  if (!arn) return { trigger, attached: false, detail: 'nothing is attached' };
  const name = /:function:([^:]+)/.exec(arn)?.[1] ?? '';
  const attached = name.startsWith(SERVICE) && name.endsWith(`-${functionName}`);
  return { trigger, attached, detail: arn };
}
