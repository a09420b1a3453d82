import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { ask, type Check, type Fact, type Finding, failureToFinding, isRefusal } from './check.ts';

export async function askForPool(
  cognito: CognitoIdentityProviderClient,
  UserPoolId: string,
): Promise<Fact<UserPoolType>> {
  return ask(async (abortSignal) => {
    const answer = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }), { abortSignal });
    return answer.UserPool ?? {};
  });
}

export function checkPool(pool: Promise<Fact<UserPoolType>>, userPoolId: string): Check {
  return {
    name: 'user-pool',
    async look() {
      const fact = await pool;
      if (fact.known) {
        const { Name = userPoolId, EstimatedNumberOfUsers: users } = fact.value;
        const size = users === undefined ? '' : `, about ${users} users`;
        return { status: 'ok', detail: `${Name}${size}` };
      }
      if (isRefusal(fact.failure, /^ResourceNotFoundException$/)) {
        return {
          status: 'fail',
          detail: `there is no user pool ${userPoolId} in this account`,
          todo: 'check the id, and that the credentials are those of the account with the pool',
        };
      }
      return failureToFinding(fact.failure, 'cognito-idp:DescribeUserPool');
    },
  };
}

/** A check of the pool's settings: not without the pool, which has a line of its own. */
export async function lookAtPool(
  pool: Promise<Fact<UserPoolType>>,
  look: (pool: UserPoolType) => Finding | Promise<Finding>,
): Promise<Finding> {
  const fact = await pool;
  if (fact.known) return look(fact.value);
  return { status: 'unknown', detail: 'not without the user pool (see user-pool)' };
}
