import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import packageJson from '../../package.json' with { type: 'json' };
import { noteDates } from '../../src/aws/note-dates.ts';
import { createServerClock } from '../../src/aws/server-clock.ts';
import { createLook } from '../../src/status/look.ts';
import { regionOf } from '../shared/region.ts';
import type { StatusOptions } from './status-options.ts';

/** Milliseconds. Two tries fit into the deadline of a question. */
const REQUEST = { connectionTimeout: 1_500, requestTimeout: 3_500, throwOnRequestTimeout: true };

/** Connects a look to AWS. Dispose of it to close the connections. */
export function connectLook({ userPoolId, stage }: StatusOptions) {
  const { region = '' } = regionOf(userPoolId, process.env);
  const options = { region, requestHandler: REQUEST, maxAttempts: 2 };
  const clients = {
    sts: new STSClient(options),
    cognito: new CognitoIdentityProviderClient(options),
    lambda: new LambdaClient(options),
    cloudFormation: new CloudFormationClient(options),
    cloudWatch: new CloudWatchClient(options),
    sqs: new SQSClient(options),
    dynamodb: new DynamoDBClient(options),
  };
  const clock = createServerClock();
  for (const client of [clients.cognito, clients.sqs, clients.dynamodb]) noteDates(client, clock);
  const { SYNC_QUEUE_URL, SYNC_DLQ_URL, SYNC_LEDGER_TABLE } = process.env;
  const look = createLook({
    userPoolId,
    region,
    version: packageJson.version,
    stage,
    named: {
      ...(SYNC_QUEUE_URL && { queueUrl: SYNC_QUEUE_URL }),
      ...(SYNC_DLQ_URL && { deadLetterQueueUrl: SYNC_DLQ_URL }),
      ...(SYNC_LEDGER_TABLE && { table: SYNC_LEDGER_TABLE }),
    },
    clients,
    now: () => clock.now(),
  });
  return {
    look,
    [Symbol.dispose]() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
