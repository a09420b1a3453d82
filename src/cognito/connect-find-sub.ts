import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { createFindSub, type FindSub } from './find-sub.ts';
import { SMALL_REQUEST } from './small-request.ts';

/** For a function that asks Cognito a few times an hour, on the pool's own region. */
export function connectFindSub(): FindSub {
  const requestHandler = SMALL_REQUEST;
  return createFindSub(new CognitoIdentityProviderClient({ requestHandler, maxAttempts: 2 }));
}
