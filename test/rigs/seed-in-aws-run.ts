import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startControlPlane } from '../../local/emulators/control-plane/control-plane.ts';
import type { Deployed } from '../../local/emulators/control-plane/types.ts';
import { type LocalDynamodb, startDynamodb } from '../../local/emulators/dynamodb.ts';
import { startEventSource } from '../../local/emulators/lambda/event-source.ts';
import { type LocalLambda, startLambda } from '../../local/emulators/lambda/lambda.ts';
import { LOCAL_CREDENTIALS, type LocalQueue, startQueue } from '../../local/emulators/sqs.ts';
import {
  type CommandSetting,
  type CommandSettingOptions,
  type RunningCommand,
  startCommandSetting,
  toEnvironment,
} from './command-run.ts';
import type { EndedProcess } from './ended-process.ts';
import { runOnTerminal, type TerminalRun } from './terminal-run.ts';

const ACCOUNT = '000000000000';
const STAGE = 'prod';

/** `npx cws seed --in-aws` on a stack whose patrol and consumer are bundled as deployed. */
export type SeedInAwsSetting = Pick<CommandSetting, 'cognito' | 'workos' | 'directory'> & {
  lambda: LocalLambda;
  queue: LocalQueue;
  dynamodb: LocalDynamodb;
  /** The stack, as CloudFormation tells of it: tests change it before a command starts. */
  deployed: Deployed & { denied: Set<string> };
  /** The events with which the patrol was invoked. */
  invocations: unknown[];
  start(args?: string[], env?: Record<string, string>): RunningCommand;
  run(args?: string[], env?: Record<string, string>): Promise<EndedProcess>;
  /** The same on a pseudo-terminal. */
  onTerminal(args?: string[]): TerminalRun;
  /** Whether the consumer works on the queue. Default true. */
  consume(isOn: boolean): Promise<void>;
  close(): Promise<void>;
};

export async function startSeedInAws(options?: CommandSettingOptions): Promise<SeedInAwsSetting> {
  const setting = await startCommandSetting(options);
  const { cognito, workos, directory } = setting;
  const { userPoolId } = cognito;
  const region = userPoolId.split('_')[0] ?? '';
  const queue = await startQueue({ region, visibilityTimeoutSeconds: 5 });
  const dynamodb = await startDynamodb({ region });
  const invocations: unknown[] = [];
  const lambda = await startLambda({
    region,
    env: functionEnvironments({ cognito, workos, queue, dynamodb }),
    onInvoke({ functionName, event }) {
      if (functionName === 'patrol') invocations.push(event);
    },
  });
  const stateMachine = `arn:aws:states:${region}:${ACCOUNT}:stateMachine:cognito-workos-sync-${STAGE}-patrol`;
  const deployed: SeedInAwsSetting['deployed'] = {
    stage: STAGE,
    region,
    account: ACCOUNT,
    functions: [],
    outputs: {
      SyncQueueUrl: queue.queueUrl,
      SyncDeadLetterQueueUrl: queue.deadLetterQueueUrl,
      SyncLedgerTable: dynamodb.table,
      SyncPatrolStateMachine: stateMachine,
    },
    stackParameters: { UserPoolId: userPoolId },
    stateMachines: [{ arn: stateMachine, invoke: (event) => lambda.invoke('patrol', event) }],
    parameters: {},
    denied: new Set(),
  };
  // A copy of neither outputs nor parameters: they are read at each request.
  const controlPlane = await startControlPlane(deployed);
  await mkdir(join(directory, 'config'));
  await writeFile(join(directory, 'config', `${STAGE}.yml`), `userPoolId: ${userPoolId}\n`);
  const startConsumer = () =>
    startEventSource({
      client: queue.client,
      queueUrl: queue.queueUrl,
      queueArn: queue.queueArn,
      invoke: (event) => lambda.invoke('consumer', event),
    });
  let consumer: ReturnType<typeof startEventSource> | undefined = startConsumer();
  const command = ['--stage', STAGE, '--in-aws'];
  const environment = {
    AWS_ENDPOINT_URL_CLOUDFORMATION: controlPlane.endpoint,
    AWS_ENDPOINT_URL_SFN: controlPlane.endpoint,
    AWS_ENDPOINT_URL_STS: controlPlane.endpoint,
    AWS_ENDPOINT_URL_SQS: queue.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    // A seed in AWS needs no key.
    WORKOS_API_KEY: '',
  };
  const start: SeedInAwsSetting['start'] = (args = [], env = {}) =>
    setting.start('seed', [...command, ...args], { ...environment, ...env });
  return {
    cognito,
    workos,
    directory,
    lambda,
    queue,
    dynamodb,
    deployed,
    invocations,
    start,
    run: (args, env) => start(args, env).ended,
    onTerminal: (args = []) =>
      runOnTerminal(['seed', ...command, ...args], {
        cwd: directory,
        env: { ...toEnvironment(setting), ...environment },
      }),
    async consume(isOn) {
      await consumer?.stop();
      consumer = isOn ? startConsumer() : undefined;
    },
    async close() {
      await consumer?.stop();
      await lambda.kill('patrol');
      await controlPlane.close();
      await lambda.close();
      await queue.close();
      await dynamodb.close();
      await setting.close();
    },
  };
}

function functionEnvironments({
  cognito,
  workos,
  queue,
  dynamodb,
}: Pick<SeedInAwsSetting, 'cognito' | 'workos' | 'queue' | 'dynamodb'>) {
  const common = {
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_SQS: queue.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.endpoint,
    SYNC_QUEUE_URL: queue.queueUrl,
    SYNC_LEDGER_TABLE: dynamodb.table,
    SYNC_USER_POOL_ID: cognito.userPoolId,
  };
  return {
    patrol: { ...common, SYNC_PATROL_REQUESTS_PER_SECOND: '1000' },
    consumer: {
      ...common,
      SYNC_DLQ_URL: queue.deadLetterQueueUrl,
      // The strict WorkOS is not slowed down.
      SYNC_WORKOS_SHARE: '1',
      WORKOS_API_KEY: workos.apiKey,
      WORKOS_API_KEY_PARAMETER: '',
      WORKOS_API_HOSTNAME: workos.hostname,
      WORKOS_API_PORT: String(workos.port),
      WORKOS_API_HTTPS: 'false',
    },
  };
}
