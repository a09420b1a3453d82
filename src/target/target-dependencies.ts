import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import type { ListableWorkosUsers } from '../workos/users.ts';

/** The two sides, as a command has them. */
export type TargetDependencies = {
  userPoolId: string;
  region: string;
  clients: {
    sts: STSClient;
    cognito: CognitoIdentityProviderClient;
    lambda: LambdaClient;
    ssm: SSMClient;
  };
  workos: { host: string; key: string; users: Pick<ListableWorkosUsers, 'list' | 'get'> };
  /** The same WorkOS with another key. */
  withKey(key: string): Pick<ListableWorkosUsers, 'list' | 'get'>;
};
