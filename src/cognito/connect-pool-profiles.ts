import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { Profiles } from '../user/profiles.ts';
import { createPoolProfiles } from './pool-profiles.ts';
import { SMALL_REQUEST } from './small-request.ts';

/** For a function that asks Cognito a few times an hour, on the pool's own region. */
export function connectPoolProfiles(clock: () => Date): Profiles {
  const client = new CognitoIdentityProviderClient({
    requestHandler: SMALL_REQUEST,
    maxAttempts: 2,
  });
  return createPoolProfiles({ client, clock });
}
