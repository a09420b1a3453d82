import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { Profiles } from '../user/profiles.ts';
import { RetryableError } from '../workos/users.ts';
import { classifyPoolError } from './classify-pool-error.ts';
import { findProfile } from './find-profile.ts';

/**
 * The profiles of a live pool, asked for one by one, each with one request (cognito-idp:ListUsers on the
 * pool). The SDK's own retries are all there are: the consumer retries the message.
 */
export function createPoolProfiles(dependencies: {
  client: CognitoIdentityProviderClient;
  clock: () => Date;
}): Profiles {
  const { client, clock } = dependencies;
  return {
    asOf: 'now',
    async find({ userPoolId, sub }, signal) {
      const found = await findProfile({ userPoolId, sub, clock }, async (command) => {
        try {
          return await client.send(command, signal ? { abortSignal: signal } : {});
        } catch (error) {
          throw toRetryable(error, userPoolId);
        }
      });
      switch (found.kind) {
        case 'none':
          return undefined;
        case 'user':
          return found.user;
        case 'malformed':
          throw new RetryableError(`a Cognito profile cannot be read (${found.reason})`);
        case 'unknown':
          throw new RetryableError('Cognito gave no usable answer about a profile');
      }
    },
  };
}

/** Whatever is wrong, nothing may be decided without an answer: the caller retries. */
function toRetryable(cause: unknown, userPoolId: string): RetryableError {
  const failure = classifyPoolError(cause, 'ListUsers', userPoolId);
  switch (failure.kind) {
    case 'fatal':
      return new RetryableError(failure.problem, { cause });
    case 'transient':
      return new RetryableError(`Cognito did not answer ListUsers (${failure.what})`, { cause });
    default:
      return new RetryableError(`Cognito did not answer ListUsers (${failure.kind})`, { cause });
  }
}
