import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import type {
  LocalAlarm,
  MetricName,
  MetricPoint,
} from '../../local/emulators/cloudwatch/types.ts';
import { startControlPlane } from '../../local/emulators/control-plane/control-plane.ts';
import type { Deployed } from '../../local/emulators/control-plane/types.ts';
import { type LocalDynamodb, startDynamodb } from '../../local/emulators/dynamodb.ts';
import { LOCAL_CREDENTIALS, type LocalQueue, startQueue } from '../../local/emulators/sqs.ts';
import packageJson from '../../package.json' with { type: 'json' };
import type { StatusFacts } from '../../src/status/facts.ts';
import { createLook } from '../../src/status/look.ts';
import type { NamedPlaces } from '../../src/status/places.ts';
import {
  type CommandSetting,
  type CommandSettingOptions,
  startCommandSetting,
} from './command-run.ts';

const ACCOUNT = '000000000000';
const STAGE = 'prod';
/** Milliseconds. Far longer than the emulators take. */
const DEADLINE_MS = 2_000;

/** The services that a look asks. */
export type StatusService =
  | 'sts'
  | 'cognito'
  | 'lambda'
  | 'cloudFormation'
  | 'cloudWatch'
  | 'sqs'
  | 'dynamodb';

/** A deployed stage `prod`, whose triggers are attached, on emulators; nothing consumes its queue. */
export type StatusRig = Pick<
  CommandSetting,
  'cognito' | 'workos' | 'directory' | 'start' | 'run'
> & {
  queue: LocalQueue;
  dynamodb: LocalDynamodb;
  /** Read at each request. */
  deployed: Deployed & { denied: Set<string> };
  /** The points that CloudWatch has, read at each request. */
  points: (MetricPoint & { metric: MetricName })[];
  /** For a process: the endpoints of everything. */
  env: Record<string, string>;
  /** One look in this process, with some services answered by another endpoint. */
  look(
    endpoints?: Partial<Record<StatusService, string>>,
    stage?: string,
    named?: NamedPlaces,
  ): Promise<StatusFacts>;
  close(): Promise<void>;
};

export async function startStatusRig(options: CommandSettingOptions = {}): Promise<StatusRig> {
  const setting = await startCommandSetting(options);
  const { userPoolId } = setting.cognito;
  const region = userPoolId.split('_')[0] ?? '';
  const queue = await startQueue({ region });
  const dynamodb = await startDynamodb({ region });
  const points: StatusRig['points'] = [];
  const alarms: LocalAlarm[] = [
    {
      ending: 'consumer-unexpected-error',
      metric: {
        namespace: 'CognitoWorkosSync',
        name: 'UnexpectedError',
        dimension: 'service',
        value: 'consumer',
      },
      statistic: 'Sum',
      period: 300,
      threshold: 0,
    },
  ];
  const deployed = toDeployed({ region, userPoolId, queue, dynamodb, points, alarms });
  const controlPlane = await startControlPlane(deployed);
  attach(setting, region);
  await mkdir(join(setting.directory, 'config'));
  await writeFile(join(setting.directory, 'config', `${STAGE}.yml`), `userPoolId: ${userPoolId}\n`);
  const own: Record<StatusService, string> = {
    sts: controlPlane.endpoint,
    cognito: setting.cognito.endpoint,
    lambda: controlPlane.endpoint,
    cloudFormation: controlPlane.endpoint,
    cloudWatch: controlPlane.endpoint,
    sqs: queue.endpoint,
    dynamodb: dynamodb.endpoint,
  };
  return {
    ...setting,
    ...{ queue, dynamodb, deployed, points },
    env: {
      AWS_ENDPOINT_URL_STS: own.sts,
      AWS_ENDPOINT_URL_SSM: own.sts,
      AWS_ENDPOINT_URL_LAMBDA: own.lambda,
      AWS_ENDPOINT_URL_CLOUDFORMATION: own.cloudFormation,
      AWS_ENDPOINT_URL_CLOUDWATCH: own.cloudWatch,
      AWS_ENDPOINT_URL_SQS: own.sqs,
      AWS_ENDPOINT_URL_DYNAMODB: own.dynamodb,
    },
    async look(endpoints = {}, stage, named = {}) {
      const at = { ...own, ...endpoints };
      const to = (service: StatusService) => ({
        region,
        endpoint: at[service],
        credentials: LOCAL_CREDENTIALS,
        maxAttempts: 1,
      });
      const clients = {
        sts: new STSClient(to('sts')),
        cognito: new CognitoIdentityProviderClient(to('cognito')),
        lambda: new LambdaClient(to('lambda')),
        cloudFormation: new CloudFormationClient(to('cloudFormation')),
        cloudWatch: new CloudWatchClient(to('cloudWatch')),
        sqs: new SQSClient(to('sqs')),
        dynamodb: new DynamoDBClient(to('dynamodb')),
      };
      const { version } = packageJson;
      const now = () => new Date();
      const look = createLook({
        ...{ userPoolId, region, version, stage, named, clients, now },
        deadlineMs: DEADLINE_MS,
      });
      return look().finally(() => {
        for (const client of Object.values(clients)) client.destroy();
      });
    },
    async close() {
      await controlPlane.close();
      await queue.close();
      await dynamodb.close();
      await setting.close();
    },
  };
}

function toDeployed(parts: {
  region: string;
  userPoolId: string;
  queue: LocalQueue;
  dynamodb: LocalDynamodb;
  points: StatusRig['points'];
  alarms: LocalAlarm[];
}): StatusRig['deployed'] {
  const { region, userPoolId, queue, dynamodb, points, alarms } = parts;
  return {
    stage: STAGE,
    region,
    account: ACCOUNT,
    functions: [
      {
        name: `cognito-workos-sync-${STAGE}-triggerWatch`,
        arn: arnOf(region, 'triggerWatch'),
        variables: {
          SYNC_USER_POOL_ID: userPoolId,
          SYNC_POST_CONFIRMATION_FUNCTION_ARN: arnOf(region, 'postConfirmation'),
          SYNC_PRE_AUTHENTICATION_FUNCTION_ARN: arnOf(region, 'preAuthentication'),
        },
      },
    ],
    outputs: {
      SyncQueueUrl: queue.queueUrl,
      SyncDeadLetterQueueUrl: queue.deadLetterQueueUrl,
      SyncLedgerTable: dynamodb.table,
      SyncVersion: packageJson.version,
    },
    stackParameters: { UserPoolId: userPoolId, Patrol: 'rate(1 hour)' },
    parameters: {},
    denied: new Set(),
    cloudWatch: {
      metrics: async (metric) => points.filter((each) => isDeepStrictEqual(each.metric, metric)),
      alarms,
    },
  };
}

function attach({ cognito }: CommandSetting, region: string): void {
  cognito.control.pool.settings = {
    ...cognito.control.pool.settings,
    LambdaConfig: {
      PostConfirmation: arnOf(region, 'postConfirmation'),
      PreAuthentication: arnOf(region, 'preAuthentication'),
    },
  };
}

function arnOf(region: string, own: string): string {
  return `arn:aws:lambda:${region}:${ACCOUNT}:function:cognito-workos-sync-${STAGE}-${own}`;
}
