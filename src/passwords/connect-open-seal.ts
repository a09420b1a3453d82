import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { createFindSub } from '../cognito/find-sub.ts';
import { SMALL_REQUEST } from '../cognito/small-request.ts';
import { connectKmsKeys } from './kms-keys.ts';
import { createOpenSeal, type OpenSeal } from './open-seal.ts';

/**
 * An OpenSeal on KMS and Cognito, in the function's own region.
 *
 * @param options.keyIds see `loadPasswordKeyIds`.
 * @param options.userPoolId the pool that is asked, whatever pool a message names; absent: the message's.
 */
export function connectOpenSeal(options: {
  keyIds: readonly string[];
  userPoolId?: string | undefined;
}): OpenSeal {
  const { keyIds, userPoolId } = options;
  const client = new CognitoIdentityProviderClient({
    requestHandler: SMALL_REQUEST,
    maxAttempts: 2,
  });
  const findSub = createFindSub(client);
  return createOpenSeal({
    keyIds,
    keys: connectKmsKeys(),
    findSub: (username, named) => findSub(username, userPoolId ?? named),
  });
}
