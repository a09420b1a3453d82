import {
  AdminGetUserCommand,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { summarizeError } from '../telemetry/summarize-error.ts';
import { RetryableError } from '../workos/users.ts';
import { classifyPoolError, type PoolFailure } from './classify-pool-error.ts';

/** @returns the sub of the user who signs in under that name; undefined where no user does. */
export type FindSub = (username: string, userPoolId: string) => Promise<string | undefined>;

/**
 * Asks the pool by AdminGetUser, which takes a username or any alias: an address, a phone number, a preferred
 * username, in upper or lower case as the pool's own setting says. Needs cognito-idp:AdminGetUser.
 *
 * FindSub throws RetryableError where the pool gives no usable answer.
 */
export function createFindSub(client: Pick<CognitoIdentityProviderClient, 'send'>): FindSub {
  return async (username, userPoolId) => {
    const command = new AdminGetUserCommand({ UserPoolId: userPoolId, Username: username });
    try {
      const { UserAttributes = [] } = await client.send(command);
      return UserAttributes.find(({ Name }) => Name === 'sub')?.Value;
    } catch (error) {
      const failure = classifyPoolError(error, 'AdminGetUser', userPoolId);
      // A name that no user can have is an invalid parameter.
      if (failure.kind === 'user_not_found' || failure.kind === 'invalid_parameter')
        return undefined;
      throw new RetryableError(explain(failure), { cause: summarizeError(error) });
    }
  };
}

function explain(failure: PoolFailure): string {
  if (failure.kind === 'fatal') return failure.problem;
  const why = failure.kind === 'transient' ? ` (${failure.what})` : '';
  return `Cognito cannot be asked now${why}`;
}
