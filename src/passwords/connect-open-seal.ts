import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { createFindSub } from '../cognito/find-sub.ts';
import { connectKmsKeys } from './kms-keys.ts';
import { createOpenSeal, type OpenSeal } from './open-seal.ts';

/** Milliseconds, as for KMS: what hangs must leave the batch its time. */
const COGNITO_REQUEST = {
  connectionTimeout: 1_000,
  requestTimeout: 2_000,
  throwOnRequestTimeout: true,
};

/**
 * An OpenSeal on KMS and Cognito, in the function's own region.
 *
 * @param keyIds see `loadPasswordKeyIds`.
 */
export function connectOpenSeal(keyIds: readonly string[]): OpenSeal {
  const client = new CognitoIdentityProviderClient({
    requestHandler: COGNITO_REQUEST,
    maxAttempts: 2,
  });
  return createOpenSeal({ keyIds, keys: connectKmsKeys(), findSub: createFindSub(client) });
}
