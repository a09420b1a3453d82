import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  ask,
  type Fact,
  failureToFinding,
  type PreflightCheck,
  type PreflightFinding,
} from './check.ts';

export async function askForPool(
  cognito: CognitoIdentityProviderClient,
  UserPoolId: string,
): Promise<Fact<UserPoolType>> {
  return ask(async (abortSignal) => {
    const answer = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }), { abortSignal });
    return answer.UserPool ?? {};
  });
}

export function checkPool(pool: Promise<Fact<UserPoolType>>, userPoolId: string): PreflightCheck {
  return {
    name: 'user-pool',
    async run() {
      const fact = await pool;
      if (fact.known) {
        const { Name = userPoolId, EstimatedNumberOfUsers: users } = fact.value;
        const size = users === undefined ? '' : `, about ${users} users`;
        return { status: 'ok', detail: `${Name}${size}` };
      }
      if (fact.failure.kind === 'not_found') {
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
export async function withPool(
  pool: Promise<Fact<UserPoolType>>,
  judge: (pool: UserPoolType) => PreflightFinding | Promise<PreflightFinding>,
): Promise<PreflightFinding> {
  const fact = await pool;
  if (fact.known) return judge(fact.value);
  return { status: 'unknown', detail: 'not without the user pool (see user-pool)' };
}
