import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { noteDates } from '../../../src/aws/note-dates.ts';
import { createServerClock } from '../../../src/aws/server-clock.ts';
import { findDeployedPatrol } from '../../../src/full-round/deployed-patrol.ts';
import { createExecutions } from '../../../src/full-round/executions.ts';
import { createLookAtRound } from '../../../src/full-round/look-at-round.ts';
import { regionOf } from '../../shared/region.ts';

/** From a laptop, in milliseconds. */
const REQUEST = { connectionTimeout: 3_000, requestTimeout: 7_000, throwOnRequestTimeout: true };

/** Finds the patrol of the stage and connects to it. Dispose of it to close the connections. */
export async function connectPatrolOf(stage: string, userPoolId: string) {
  const options = { ...regionOf(userPoolId, process.env), requestHandler: REQUEST };
  const cloudFormation = new CloudFormationClient(options);
  const patrol = await findDeployedPatrol(cloudFormation, { stage, userPoolId }).finally(() =>
    cloudFormation.destroy(),
  );
  const dynamodb = new DynamoDBClient(options);
  const sqs = new SQSClient(options);
  const sfn = new SFNClient(options);
  const serverClock = createServerClock();
  noteDates(dynamodb, serverClock);
  const table = { client: dynamodb, table: patrol.table };
  return {
    table,
    look: createLookAtRound(patrol, { table, sqs }),
    executions: createExecutions(sfn, patrol.stateMachine),
    clock: () => serverClock.now(),
    [Symbol.dispose]() {
      for (const client of [dynamodb, sqs, sfn]) client.destroy();
    },
  };
}
