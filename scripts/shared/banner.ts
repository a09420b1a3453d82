import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { queueUrlToName } from '../../src/aws/queue-name.ts';
import { askForCaller } from '../../src/preflight/caller.ts';
import { describeTarget, type Target } from '../../src/target/target.ts';
import { targetToLines } from '../../src/target/target-to-lines.ts';
import type { WorkosConnection } from './connect-workos.ts';
import { regionOf } from './region.ts';
import { CommandError } from './run.ts';
import { toTerminalText } from './text.ts';

/** The banner must not hold a command up: each service answers in tenths of a second, or is left out. */
const REQUEST_LIMITS = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
  maxAttempts: 1,
};

/**
 * Writes to stderr what the command is about to touch: account, region, pool and WorkOS environment.
 *
 * @param options.from exported files: Cognito is not asked then.
 * @param options.writes the command changes something in WorkOS; `anotherEnvironment`: the operator means it.
 * @throws CommandError where the command would write to another WorkOS environment than the deployed consumer.
 */
export async function showBanner(
  { userPoolId, from, writes, anotherEnvironment }: BannerOptions,
  connection?: WorkosConnection,
): Promise<Target> {
  const { region = 'unknown region' } = regionOf(userPoolId, process.env);
  const client = { region, ...REQUEST_LIMITS };
  const target = await describeTarget({
    userPoolId,
    region,
    clients: {
      sts: new STSClient(client),
      ...(from === undefined && { cognito: new CognitoIdentityProviderClient(client) }),
      lambda: new LambdaClient(client),
      ssm: new SSMClient(client),
    },
    ...(connection && { workos: await toWorkos(connection) }),
  });
  // A pool's name may hold anything: it must not write a line of its own.
  for (const line of targetToLines(target)) process.stderr.write(`${toTerminalText(line)}\n`);
  if (writes && !anotherEnvironment) refuseAnotherEnvironment(target);
  return target;
}

/**
 * What a command is about to touch that asks neither Cognito nor WorkOS: account, region and queues.
 *
 * @param queues.queueUrl of the sync queue, where messages are sent to it.
 */
export async function showQueueBanner(queues: {
  deadLetterQueue: { url: string; region?: string };
  queueUrl?: string;
}): Promise<void> {
  const { deadLetterQueue, queueUrl } = queues;
  const region = deadLetterQueue.region || process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION;
  const caller = await askForCaller(
    new STSClient({ ...REQUEST_LIMITS, ...(region && { region }) }),
  );
  const account = caller.known ? caller.value.account : 'unknown';
  const names = [
    `dead-letter queue ${queueUrlToName(deadLetterQueue.url)}`,
    ...(queueUrl === undefined ? [] : [`sync queue ${queueUrlToName(queueUrl)}`]),
  ];
  for (const [side = '', text = ''] of [
    ['AWS', `account ${account}, ${region ?? 'unknown region'}`],
    ['SQS', names.join(', ')],
  ]) {
    process.stderr.write(`${toTerminalText(`  ${side.padEnd(10)}${text}`)}\n`);
  }
}

export type BannerOptions = {
  userPoolId: string;
  from?: string;
  writes: boolean;
  anotherEnvironment?: boolean;
};

async function toWorkos({ config, apiKey, withKey }: WorkosConnection) {
  const key = await apiKey.get();
  return { host: config.hostname, key, users: withKey(key), withKey };
}

function refuseAnotherEnvironment({ workos }: Target): void {
  if (workos?.consumerKey.kind !== 'another_environment') return;
  const { stage } = workos.consumerKey;
  throw new CommandError(
    `the API key is of another WorkOS environment than that of the consumer of the stage ${stage}: take the consumer's key (--stage ${stage} without WORKOS_API_KEY), or give --another-environment if that is meant`,
  );
}
