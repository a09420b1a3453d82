import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { createExportSource } from '../src/cognito/export-source.ts';
import { createPoolSource } from '../src/cognito/pool-source.ts';
import type { UserSource } from '../src/cognito/user-source.ts';
import { regionOf } from './command.ts';

/** The users of `--user-pool-id`: of the live pool, or from the files of `--from`. */
export function createUserSource(options: { userPoolId: string; from?: string }): UserSource {
  const { userPoolId, from: directory } = options;
  const clock = () => new Date();
  if (directory !== undefined) return createExportSource({ directory, userPoolId, clock });
  const client = new CognitoIdentityProviderClient(regionOf(userPoolId, process.env));
  return createPoolSource({ client, userPoolId, clock });
}
