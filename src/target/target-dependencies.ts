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
    /** Absent where the users come from exported files: the pool is not asked then. */
    cognito?: CognitoIdentityProviderClient;
    lambda: LambdaClient;
    ssm: SSMClient;
  };
  /** `withKey`: the same WorkOS with another key. */
  workos?: {
    host: string;
    key: string;
    users: Pick<ListableWorkosUsers, 'list'>;
    withKey(key: string): Pick<ListableWorkosUsers, 'list' | 'get'>;
  };
};
