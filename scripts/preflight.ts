import { InvalidArgumentError } from 'commander';
import type { Trigger } from '../src/config/pool-triggers.ts';
import type { PreflightCheckResult } from '../src/preflight/check.ts';
import { type Preflight, preflight } from '../src/preflight/preflight.ts';
import { EXIT, poolCommand, runCommand } from './shared/run.ts';

type Options = {
  userPoolId: string;
  stage: string;
  workosApiKeyParameter?: string;
  chainPostConfirmation?: string;
  chainPreAuthentication?: string;
  chainPostAuthentication?: string;
  observePostAuthentication?: true;
  json?: true;
};

await runCommand(() => run(parseOptions()));

function parseOptions(): Options {
  return poolCommand('preflight')
    .description('Checks, before the first deployment, what can be checked. Changes nothing.')
    .option('--stage <stage>', 'the stage to be deployed', parseStage, 'dev')
    .option(
      '--workos-api-key-parameter <name>',
      'the SSM SecureString with the WorkOS key (default: /cognito-workos-sync/<stage>/workos-api-key)',
      parseParameter,
    )
    .option('--chain-post-confirmation <arn>', 'the function that is there and is kept', parseArn)
    .option('--chain-pre-authentication <arn>', 'the same for Pre-Authentication', parseArn)
    .option('--chain-post-authentication <arn>', 'the same for Post-Authentication', parseArn)
    .option('--observe-post-authentication', 'Post-Authentication is to be attached too')
    .option('--json', 'the result as one JSON object on stdout')
    .addHelpText(
      'after',
      `
Environment: AWS's own; WORKOS_API_KEY where the parameter cannot be read; WORKOS_API_HOSTNAME,
WORKOS_API_PORT, WORKOS_API_HTTPS.
Exit code: 0 nothing failed, 1 something did, 2 could not run.`,
    )
    .parse()
    .opts<Options>();
}

async function run(options: Options): Promise<number> {
  const { userPoolId, stage } = options;
  const result = await preflight({
    userPoolId,
    stage,
    keyParameter: options.workosApiKeyParameter ?? `/cognito-workos-sync/${stage}/workos-api-key`,
    triggers: triggersOf(options),
    env: process.env,
  });
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : toText(result));
  return result.ready ? EXIT.done : EXIT.attention;
}

function triggersOf(options: Options) {
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

function toText({ ready, checks }: Preflight): string {
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

/** As in the names of the stack and its functions. */
function parseStage(value: string): string {
  if (/^[a-zA-Z][a-zA-Z0-9-]{0,30}$/.test(value)) return value;
  throw new InvalidArgumentError('It has to be letters, digits and hyphens, like dev or prod.');
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
