import { setTimeout as sleep } from 'node:timers/promises';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { type Command, Option } from 'commander';
import { classifyAwsError } from '../src/aws/classify-aws-error.ts';
import { classifyPoolError } from '../src/cognito/classify-pool-error.ts';
import { TRIGGERS } from '../src/config/pool-triggers.ts';
import type { Log } from '../src/telemetry/telemetry.ts';
import { AttachmentError } from '../src/user-pool-triggers/attachment-error.ts';
import { createChangeTriggers } from '../src/user-pool-triggers/change-triggers.ts';
import { type Deployment, findDeployments } from '../src/user-pool-triggers/find-deployment.ts';
import { createPoolAdministration } from '../src/user-pool-triggers/pool-administration.ts';
import { createStackFunctions } from '../src/user-pool-triggers/stack-functions.ts';
import {
  type PoolTriggers,
  poolToTriggers,
  toTriggerHolder,
} from '../src/user-pool-triggers/trigger-holder.ts';
import { createTriggerMemory, tolerant } from '../src/user-pool-triggers/trigger-memory.ts';
import {
  attachmentsToStates,
  holderToState,
  type TriggerState,
} from '../src/user-pool-triggers/watched-triggers.ts';
import { showBanner } from './shared/banner.ts';
import { addSections, createPoolCommand, jsonOption, onRun } from './shared/options.ts';
import { regionOf } from './shared/region.ts';
import { toList, writeResult } from './shared/result.ts';
import { CommandError, EXIT } from './shared/run.ts';

type TriggersOptions = {
  userPoolId: string;
  stage?: string;
  attach?: true;
  detach?: true;
  json?: true;
};

type TriggersReport = {
  userPoolId: string;
  /** The stage of the deployment that observes the pool; null where there is none. */
  stage: string | null;
  attached: boolean;
  triggers: Partial<TriggerState>[];
};

export function triggersCommand(): Command {
  const command = createPoolCommand('triggers')
    .description('Shows whether the triggers of a user pool call the deployed functions.')
    .addOption(
      new Option('--attach', 'attach the deployed functions where they are missing').conflicts(
        'detach',
      ),
    )
    .option('--detach', 'restore the functions that the triggers had before the deployment')
    .addOption(jsonOption());
  addSections(command, {
    examples: [
      'triggers --user-pool-id eu-central-1_Ab1Cd2Ef3',
      'triggers --user-pool-id eu-central-1_Ab1Cd2Ef3 --attach',
    ],
    more: `No other setting of the pool is changed: it is read before and after, and restored if anything else
differs. Needs cognito-idp:DescribeUserPool and lambda:ListFunctions; to change something also
cognito-idp:UpdateUserPool, GetUserPoolMfaConfig and SetUserPoolMfaConfig, lambda:ListTags and
lambda:TagResource.`,
    environment: "AWS's own.",
    exit: '0 every trigger calls the deployed function, 1 one does not, 2 could not run.',
  });
  return onRun<TriggersOptions>(command, runTriggers, { isFileOptional: true });
}

/** A service that does not answer must not hang the command; an update of a pool may take seconds. */
const REQUEST = { connectionTimeout: 3_000, requestTimeout: 20_000, throwOnRequestTimeout: true };

async function runTriggers(options: TriggersOptions): Promise<number> {
  const { userPoolId } = options;
  const client = { ...regionOf(userPoolId, process.env), requestHandler: REQUEST };
  const lambda = new LambdaClient(client);
  const pool = createPoolAdministration(new CognitoIdentityProviderClient(client), userPoolId);
  try {
    const deployment = choose(await findDeployments(lambda, userPoolId), options);
    if (options.attach || options.detach) {
      await showBanner({ userPoolId, writes: true });
      await change(deployment, options);
    }
    const { pool: described } = await pool.read();
    const report = toReport(userPoolId, deployment, poolToTriggers(described));
    const exit = report.attached || options.detach ? EXIT.done : EXIT.attention;
    if (options.json) {
      const { stage, attached, triggers } = report;
      const head = { command: 'triggers', userPoolId, exit };
      await writeResult(process.stdout, head, { stage, attached, triggers: toList(triggers) });
    } else {
      process.stdout.write(toText(report));
    }
    return exit;
  } catch (error) {
    throw toCommandError(error, userPoolId);
  }

  async function change(
    deployment: Deployment | undefined,
    { attach }: TriggersOptions,
  ): Promise<void> {
    if (!deployment) {
      throw new CommandError(
        `no deployment observes the user pool ${userPoolId} in this region: serverless deploy first`,
      );
    }
    const { desired, attachmentFunctionArn } = deployment;
    const stack = createStackFunctions(attachmentFunctionArn, desired);
    for (const trigger of TRIGGERS) {
      const functionArn = desired[trigger]?.functionArn;
      if (functionArn === undefined || stack.isFor(trigger, functionArn)) continue;
      throw new CommandError(
        `the variables of ${attachmentFunctionArn.replace(/\w+$/, 'triggerWatch')} name ${functionArn} for ${trigger}, which is not a function of the stage ${deployment.stage}: nothing was changed; deploy again`,
      );
    }
    const log = createStderrLog();
    const memory = tolerant(createTriggerMemory(lambda, attachmentFunctionArn), log);
    const changeTriggers = createChangeTriggers({ pool, memory, stack, log, wait: sleep });
    const { steps, written } = attach
      ? await changeTriggers(desired, 'reattach')
      : await changeTriggers({}, desired);
    for (const step of steps) {
      if (step.kind === 'keep' && step.why) process.stderr.write(`${step.why}\n`);
    }
    if (!written) process.stderr.write('Nothing had to be changed.\n');
  }
}

function choose(
  found: Deployment[],
  { stage, userPoolId }: TriggersOptions,
): Deployment | undefined {
  const matching = stage === undefined ? found : found.filter((each) => each.stage === stage);
  if (stage !== undefined && matching.length === 0) {
    throw new CommandError(`no deployment of the stage ${stage} observes the pool ${userPoolId}`);
  }
  if (matching.length > 1) {
    const stages = found.map((each) => each.stage).join(', ');
    throw new CommandError(`several deployments observe this pool: give --stage (${stages})`);
  }
  return matching[0];
}

function toReport(
  userPoolId: string,
  deployment: Deployment | undefined,
  current: PoolTriggers,
): TriggersReport {
  if (deployment) {
    const triggers = attachmentsToStates(deployment.desired, current);
    const attached = triggers.length > 0 && triggers.every((each) => each.attached);
    return { userPoolId, stage: deployment.stage, attached, triggers };
  }
  const triggers = TRIGGERS.map((trigger) => ({
    trigger,
    ...holderToState(toTriggerHolder(trigger, current[trigger], { stage: undefined })),
  }));
  return { userPoolId, stage: null, attached: false, triggers };
}

function toText({ userPoolId, stage, attached, triggers }: TriggersReport): string {
  const where = stage === null ? 'no deployment observes it' : `deployment of the stage ${stage}`;
  const lines = triggers.map(({ trigger = '', attached: isOurs, actual, chained }) => {
    const calls = isOurs
      ? 'calls our function'
      : actual === undefined
        ? 'calls no function'
        : `calls ${actual}`;
    const beside = chained === undefined ? '' : `, which calls ${chained}`;
    return `  ${trigger.padEnd(20)}${calls}${isOurs ? beside : ''}`;
  });
  const next =
    stage === null
      ? 'Deploy first: npx serverless deploy --param userPoolId=…'
      : attached
        ? 'Every trigger is attached.'
        : `To attach the deployed functions again: npx cws triggers --user-pool-id ${userPoolId} --stage ${stage} --attach`;
  return `${[`${userPoolId}: ${where}`, ...lines, next].join('\n')}\n`;
}

/** The command itself prints what it changed; a warning or an error of the change becomes a line. */
function createStderrLog(): Log {
  const write = (message: string) => void process.stderr.write(`${message}\n`);
  return { info: () => {}, warn: write, error: write };
}

function toCommandError(error: unknown, userPoolId: string): unknown {
  if (error instanceof CommandError || error instanceof AttachmentError) return error;
  if (classifyAwsError(error).kind === 'denied' && error instanceof Error) {
    return new CommandError(`the AWS credentials may not do this: ${error.message}`);
  }
  const failure = classifyPoolError(error, 'DescribeUserPool', userPoolId);
  if (failure.kind === 'fatal') return new CommandError(failure.problem);
  if (failure.kind === 'transient') {
    return new CommandError(
      `AWS cannot be reached (${failure.what}): check the network and the region`,
    );
  }
  return error;
}
