import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { Profiles } from '../user/profiles.ts';
import { createPoolProfiles } from './pool-profiles.ts';

/** A lookup is small and rare; what hangs must leave the batch its time. */
const REQUEST = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };

/** For a function that asks Cognito a few times an hour, on the pool's own region. */
export function connectPoolProfiles(clock: () => Date): Profiles {
  const client = new CognitoIdentityProviderClient({ requestHandler: REQUEST, maxAttempts: 2 });
  return createPoolProfiles({ client, clock });
}
