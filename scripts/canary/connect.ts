import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { KMSClient } from '@aws-sdk/client-kms';
import { SQSClient } from '@aws-sdk/client-sqs';
import { sealPassword } from '../../client/seal-password.js';
import { readQueueDepth } from '../../src/aws/queue-depth.ts';
import { connectWorld } from '../../src/canary/connect-world.ts';
import { type CanaryStack, findStack } from '../../src/canary/find-stack.ts';
import type { CanaryWorld, PasswordCarrying } from '../../src/canary/world.ts';
import { connectLedgerClient } from '../../src/ledger/connect-ledger.ts';
import type { LastRunTable } from '../../src/ledger/last-run.ts';
import { readEntry } from '../../src/ledger/read-entry.ts';
import { OperatorError } from '../../src/operator-error.ts';
import { readPublicKey } from '../../src/passwords/public-key.ts';
import { createPasswordSignIn } from '../../src/workos/password-sign-in.ts';
import { showBanner } from '../shared/banner.ts';
import { ask, terminalOf } from '../shared/confirm.ts';
import { connectWorkos } from '../shared/connect-workos.ts';
import { regionOf } from '../shared/region.ts';
import { CommandError } from '../shared/run.ts';
import type { CanaryOptions } from './canary-options.ts';

/** A call that hangs must not hang a step: it is sent again. */
const REQUEST = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true };
const POLL_MS = 300;
const SETTLE_POLL_MS = 500;
/** Longer than the consumer takes for one message with a password (docs/passwords.md#the-hash). */
const LOOK_AGAIN_MS = 2_000;

/** Both sides of a command, and the ledger's table, if it is known. */
export type Connected = {
  world: Omit<CanaryWorld, 'observer'>;
  stack: CanaryStack | undefined;
  table: LastRunTable | undefined;
};

/**
 * Shows the banner and connects the command.
 *
 * @throws CommandError where nothing deployed observes this pool (unless it is to be cleaned), or it writes to another WorkOS environment.
 */
export async function connectCanary(options: CanaryOptions, stop: AbortSignal): Promise<Connected> {
  const { userPoolId } = options;
  const connection = connectWorkos({ userPoolId });
  const target = await showBanner({ userPoolId, writes: true }, connection);
  const consumer = target.workos?.consumerKey;
  // What a run has left is removed all the same when the stack is gone.
  if (consumer?.kind === 'no_deployment' && !options.clean) {
    throw new CommandError(
      `nothing can arrive: no deployment observes ${userPoolId} in this account and region: check the pool's id and the region, or deploy first (npx serverless deploy)`,
    );
  }
  const client = { ...regionOf(userPoolId, process.env), requestHandler: REQUEST };
  const stage = consumer && 'stage' in consumer ? consumer.stage : options.stage;
  const stack =
    stage === undefined
      ? undefined
      : await findStack(new CloudFormationClient({ ...client, maxAttempts: 2 }), stage);
  const tableName = process.env.SYNC_LEDGER_TABLE || stack?.ledgerTable;
  const table =
    tableName === undefined
      ? undefined
      : { client: connectLedgerClient(regionOf(userPoolId, process.env)), table: tableName };
  const { config, apiKey, counter } = connection;
  const cognito = new CognitoIdentityProviderClient({ ...client, maxAttempts: 1 });
  const both = await connectWorld({ userPoolId, cognito, workos: connection });
  const clientId = options.workosClientId ?? process.env.WORKOS_CLIENT_ID;
  const signIn = clientId && createPasswordSignIn({ config, apiKey, counter, clientId });
  const world = {
    ...both,
    workos: { ...both.workos, ...(signIn && { signIn }) },
    lookInLedger: toLookInLedger(table),
    lookAtQueue: toLookAtQueue(
      new SQSClient({ ...client, maxAttempts: 2 }),
      process.env.SYNC_QUEUE_URL || stack?.queueUrl,
    ),
    passwords: await toCarrying(new KMSClient({ ...client, maxAttempts: 2 }), stack),
    attributes: options.attribute ?? {},
    times: {
      deadlineMs: options.deadline * 1000,
      settleMs: options.settle * 1000,
      settlePollMs: SETTLE_POLL_MS,
      pollMs: POLL_MS,
      lookAgainMs: Math.min(LOOK_AGAIN_MS, options.settle * 1000),
    },
    ...toAskForCode(options, stop),
  };
  return { world, stack, table };
}

function toLookInLedger(table: LastRunTable | undefined): CanaryWorld['lookInLedger'] {
  return async (sub) => (table ? readEntry(table, sub).catch(() => 'unknown' as const) : 'unknown');
}

function toLookAtQueue(sqs: SQSClient, queueUrl: string | undefined): CanaryWorld['lookAtQueue'] {
  return async () => {
    if (queueUrl === undefined) return 'unknown';
    const depth = readQueueDepth(sqs, queueUrl, AbortSignal.timeout(REQUEST.requestTimeout));
    return depth.then(
      ({ visible, inFlight, delayed }) => visible + inFlight + delayed,
      () => 'unknown' as const,
    );
  };
}

async function toCarrying(
  kms: KMSClient,
  stack: CanaryStack | undefined,
): Promise<PasswordCarrying> {
  if (!stack) {
    const reason =
      'whether passwords are carried cannot be told: give --stage, and allow cloudformation:DescribeStacks';
    return { kind: 'unknown', reason };
  }
  if (stack.passwordKeyId === undefined) {
    return { kind: 'off', reason: `carryPasswords is off in the stage ${stack.stage}` };
  }
  try {
    const { jwk } = await readPublicKey(kms, stack.passwordKeyId);
    return { kind: 'on', seal: (credentials) => sealPassword(jwk, credentials) };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return { kind: 'unknown', reason: error.message };
  }
}

/** Only for a mailbox that the operator can look into, and on a terminal. */
function toAskForCode(
  { email }: CanaryOptions,
  stop: AbortSignal,
): Pick<CanaryWorld, 'askForCode'> {
  const terminal = terminalOf(stop);
  if (email === undefined || !terminal.input.isTTY || !terminal.output.isTTY) return {};
  return {
    async askForCode(address) {
      const question = `The code that was mailed to ${address} (Enter alone: confirm as an administrator): `;
      return (await ask(question, terminal)).trim() || undefined;
    },
  };
}
