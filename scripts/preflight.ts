import { type Command, InvalidArgumentError } from 'commander';
import type { Trigger } from '../src/config/pool-triggers.ts';
import type { PreflightCheckResult } from '../src/preflight/check.ts';
import { type Preflight, preflight } from '../src/preflight/preflight.ts';
import { defaultApiKeyParameter } from '../src/stage/stage-environment.ts';
import type { StageSettings } from '../src/stage/stage-file.ts';
import { settingsOf } from './shared/apply-settings.ts';
import { addSections, createPoolCommand, jsonOption, onRun } from './shared/options.ts';
import { toList, writeResult } from './shared/result.ts';
import { EXIT } from './shared/run.ts';

type PreflightCommandOptions = {
  userPoolId: string;
  /** The stage to be deployed. */
  stage?: string;
  workosApiKeyParameter?: string;
  chainPostConfirmation?: string;
  chainPreAuthentication?: string;
  chainPostAuthentication?: string;
  observePostAuthentication?: true;
  json?: true;
};

export function preflightCommand(): Command {
  const command = createPoolCommand('preflight')
    .description('Checks, before the first deployment, what can be checked. Changes nothing.')
    .option(
      '--workos-api-key-parameter <name>',
      'the SSM SecureString with the WorkOS key (default: /cognito-workos-sync/<stage>/workos-api-key)',
      parseParameter,
    )
    .option(
      '--chain-post-confirmation <arn>',
      'the function that is attached to Post-Confirmation now and stays in use',
      parseArn,
    )
    .option('--chain-pre-authentication <arn>', 'the same for Pre-Authentication', parseArn)
    .option('--chain-post-authentication <arn>', 'the same for Post-Authentication', parseArn)
    .option('--observe-post-authentication', 'Post-Authentication is to be attached too')
    .addOption(jsonOption());
  addSections(command, {
    examples: [
      'preflight --user-pool-id eu-central-1_Ab1Cd2Ef3',
      'preflight --user-pool-id eu-central-1_Ab1Cd2Ef3 --stage prod --observe-post-authentication',
    ],
    environment: `AWS's own; WORKOS_API_KEY where the parameter cannot be read; WORKOS_API_HOSTNAME,
WORKOS_API_PORT, WORKOS_API_HTTPS.`,
    exit: '0 no check failed, 1 a check failed, 2 could not run.',
  });
  return onRun<PreflightCommandOptions>(command, runPreflight, { isFileOptional: true });
}

/** As serverless.yml has it. */
const DEFAULT_STAGE = 'dev';

async function runPreflight(options: PreflightCommandOptions): Promise<number> {
  const { userPoolId, stage = DEFAULT_STAGE } = options;
  const settings = options.stage === undefined ? {} : settingsOf(options.stage);
  const result = await preflight({
    userPoolId,
    stage,
    keyParameter:
      options.workosApiKeyParameter ??
      settings.workosApiKeyParameter ??
      defaultApiKeyParameter(stage),
    triggers: triggersOf({ ...toChains(settings), ...options }),
    carryPasswords: settings.carryPasswords === 'true',
    env: process.env,
  });
  const exit = result.ready ? EXIT.done : EXIT.attention;
  if (options.json) {
    const { ready, checks } = result;
    const head = { command: 'preflight', userPoolId, exit };
    await writeResult(process.stdout, head, { ready, checks: toList(checks) });
  } else {
    process.stdout.write(preflightToText(result));
  }
  return exit;
}

/** The triggers that a stage with these settings takes, each with the function that is chained there. */
export function settingsToTriggers(settings: StageSettings) {
  return triggersOf(toChains(settings));
}

/** The triggers that the file of the stage takes, as the options would say it. */
function toChains(settings: StageSettings): Partial<PreflightCommandOptions> {
  const { chainPostConfirmation, chainPreAuthentication, chainPostAuthentication } = settings;
  return {
    ...(isArn(chainPostConfirmation) && { chainPostConfirmation }),
    ...(isArn(chainPreAuthentication) && { chainPreAuthentication }),
    ...(isArn(chainPostAuthentication) && { chainPostAuthentication }),
    // Passwords come with Post-Authentication.
    ...((settings.observePostAuthentication === 'true' || settings.carryPasswords === 'true') && {
      observePostAuthentication: true,
    }),
  };
}

/** `none` and `release` chain nothing. */
function isArn(value: string | undefined): value is string {
  return value?.startsWith('arn:') === true;
}

function triggersOf(options: Partial<PreflightCommandOptions>) {
  const { chainPostConfirmation, chainPreAuthentication, chainPostAuthentication } = options;
  return [
    place('PostConfirmation', chainPostConfirmation),
    place('PreAuthentication', chainPreAuthentication),
    ...(options.observePostAuthentication || chainPostAuthentication !== undefined
      ? [place('PostAuthentication', chainPostAuthentication)]
      : []),
  ];
}

function place(trigger: Trigger, chained: string | undefined) {
  return { trigger, ...(chained !== undefined && { chained }) };
}

export function preflightToText({ ready, checks }: Preflight): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const count = (status: PreflightCheckResult['status']) =>
    checks.filter((check) => check.status === status).length;
  const lines = checks.flatMap(({ status, name, detail, todo }) => [
    `${status.padEnd(8)}${name.padEnd(width + 2)}${detail}`,
    ...(todo === undefined ? [] : [`${' '.repeat(width + 10)}-> ${todo}`]),
  ]);
  const tally = `${count('ok')} ok, ${count('warn')} warnings, ${count('fail')} failed, ${count('unknown')} unknown`;
  const verdict = ready ? 'Ready to deploy' : 'Not ready';
  return `${[...lines, '', `${verdict}: ${tally}`].join('\n')}\n`;
}

/** As serverless/parameters.yml takes it. */
function parseParameter(value: string): string {
  if (/^\/[a-zA-Z0-9_./-]+$/.test(value)) return value;
  throw new InvalidArgumentError('It has to be the full name, from its first slash on.');
}

function parseArn(value: string): string {
  if (/^arn:[\w-]+:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/.test(value)) return value;
  throw new InvalidArgumentError(
    'It has to be the ARN of a Lambda function: arn:aws:lambda:<region>:<account>:function:<name>.',
  );
}
