import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { Profiles } from '../user/profiles.ts';
import { createPoolProfiles } from './pool-profiles.ts';
import { SMALL_REQUEST } from './small-request.ts';

/**
 * For a function that asks Cognito about single profiles, on the pool's own region.
 *
 * @param options.maxAttempts of the SDK for each request; 1 where the caller has a pace of its own.
 */
export function connectPoolProfiles(
  clock: () => Date,
  { maxAttempts = 2 }: { maxAttempts?: number } = {},
): Profiles {
  const client = new CognitoIdentityProviderClient({ requestHandler: SMALL_REQUEST, maxAttempts });
  return createPoolProfiles({ client, clock });
}
