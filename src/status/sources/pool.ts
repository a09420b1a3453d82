import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { classifyAwsError } from '../../aws/classify-aws-error.ts';
import { OperatorError } from '../../operator-error.ts';
import { poolToTriggers } from '../../user-pool-triggers/trigger-holder.ts';
import type { PoolFact } from '../facts.ts';

class NoPoolError extends OperatorError {
  override name = 'NoPoolError';
}

/**
 * The pool's name, Cognito's estimate of its users, and its triggers; undefined where there is no such pool. Needs
 * cognito-idp:DescribeUserPool.
 *
 * @throws the error of the AWS SDK.
 */
export async function readPool(
  client: Pick<CognitoIdentityProviderClient, 'send'>,
  userPoolId: string,
  abortSignal: AbortSignal,
): Promise<PoolFact | undefined> {
  const command = new DescribeUserPoolCommand({ UserPoolId: userPoolId });
  const answer = await client.send(command, { abortSignal }).catch((error: unknown) => {
    if (classifyAwsError(error).kind === 'not_found') return undefined;
    throw error;
  });
  if (!answer) return undefined;
  const { UserPool } = answer;
  if (!UserPool) throw new NoPoolError('the answer to cognito-idp:DescribeUserPool has no pool');
  const { Name: name, EstimatedNumberOfUsers: users } = UserPool;
  return {
    ...(name !== undefined && { name }),
    ...(users !== undefined && { users }),
    triggers: poolToTriggers(UserPool),
  };
}
