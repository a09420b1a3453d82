import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { OperatorError } from '../operator-error.ts';
import { callCognito } from './call-cognito.ts';
import { type CanaryPoolFacts, poolToFacts } from './pool-facts.ts';

/**
 * Needs cognito-idp:DescribeUserPool.
 *
 * @throws OperatorError where the pool cannot be described.
 */
export async function describePool(pool: {
  client: Pick<CognitoIdentityProviderClient, 'send'>;
  userPoolId: string;
}): Promise<CanaryPoolFacts> {
  const { client, userPoolId: UserPoolId } = pool;
  const answer = await callCognito('DescribeUserPool', () =>
    client.send(new DescribeUserPoolCommand({ UserPoolId })),
  );
  if (answer.kind === 'ok') return poolToFacts(answer.value.UserPool ?? {});
  throw new OperatorError(
    answer.code === 'ResourceNotFoundException'
      ? `there is no user pool ${UserPoolId} in this account and region: check the id, the region and the credentials`
      : answer.reason,
  );
}
