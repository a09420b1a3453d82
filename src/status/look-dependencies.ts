import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { STSClient } from '@aws-sdk/client-sts';
import type { NamedPlaces } from './places.ts';

export type LookDependencies = {
  userPoolId: string;
  region: string;
  /** The version of this package. */
  version: string;
  /** Undefined: that of the one deployment that observes the pool. */
  stage: string | undefined;
  named: NamedPlaces;
  clients: {
    sts: STSClient;
    cognito: CognitoIdentityProviderClient;
    lambda: LambdaClient;
    cloudFormation: CloudFormationClient;
    cloudWatch: CloudWatchClient;
    sqs: SQSClient;
    dynamodb: DynamoDBClient;
  };
  /** AWS's time. */
  now: () => Date;
  /** Of one question, in milliseconds. Default: that of src/status/tell.ts. */
  deadlineMs?: number;
};
