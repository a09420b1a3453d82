import { relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { type Command, Option } from 'commander';
import {
  chooseRegion,
  failureToInitError,
  InitError,
  poolsToChoice,
  severalPools,
} from '../src/init/choose-pool.ts';
import { type ListedUserPool, listUserPools } from '../src/init/list-user-pools.ts';
import {
  type ProposedSetting,
  poolToSettings,
  settingsToYaml,
} from '../src/init/propose-settings.ts';
import { compareStageFile, writeStageFile } from '../src/init/write-stage-file.ts';
import { askForPool } from '../src/preflight/pool.ts';
import { preflight } from '../src/preflight/preflight.ts';
import { defaultApiKeyParameter } from '../src/stage/stage-environment.ts';
import { type StageSettings, stageFilePath } from '../src/stage/stage-file.ts';
import { preflightToText, settingsToTriggers } from './preflight.ts';
import { loadEnvFile } from './shared/apply-settings.ts';
import { ask } from './shared/confirm.ts';
import {
  addSections,
  createCommand,
  jsonOption,
  parsePoolId,
  parseStage,
} from './shared/options.ts';
import { toList, writeResult } from './shared/result.ts';
import { EXIT, type Interruption, runCommand } from './shared/run.ts';
import { toTerminalText } from './shared/text.ts';

type InitOptions = {
  stage: string;
  userPoolId?: string;
  region?: string;
  force?: true;
  dryRun?: true;
  json?: true;
};

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const REQUEST = { connectionTimeout: 3_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

export function initCommand(): Command {
  const command = createCommand('init')
    .description(
      'Writes config/<stage>.yml, which the deployment and every command read: finds the user pool, proposes what to chain, and runs preflight.',
    )
    .addOption(
      new Option('--stage <name>', 'the stage to write the file of')
        .argParser(parseStage)
        .default('prod'),
    )
    .option(
      '--user-pool-id <id>',
      'the user pool; without it, the pools of the region are listed',
      parsePoolId,
    )
    .option('--region <region>', 'where the user pool is (default: AWS_REGION)')
    .option('--force', 'overwrite the file that is there')
    .option('--dry-run', 'print the file, and write nothing')
    .addOption(jsonOption());
  addSections(command, {
    examples: [
      'init',
      'init --stage dev --region eu-central-1',
      'init --user-pool-id eu-central-1_Ab1Cd2Ef3 --dry-run',
    ],
    more: `On a terminal it asks which of several pools is meant; elsewhere --user-pool-id says it. Needs
cognito-idp:ListUserPools (without --user-pool-id) and DescribeUserPool, and what preflight asks for.`,
    environment: "AWS's own; as for preflight.",
    exit: '0 written, 1 written, but a check of preflight failed, 2 could not run, 130 stopped by Ctrl-C.',
  });
  // Not by onRun: the file of the stage, which that reads, is what this command is about to write.
  return command.action(() =>
    runCommand((interruption) => {
      loadEnvFile();
      return runInit(command.opts<InitOptions>(), interruption);
    }),
  );
}

async function runInit(options: InitOptions, interruption: Interruption): Promise<number> {
  const { stage } = options;
  const pool = await choosePool(options, interruption);
  if (!pool) return EXIT.interrupted;
  const settings = await propose(pool, stage);
  const text = settingsToYaml(stage, settings);
  const proposed = toStageSettings(settings);
  const directory = directoryOf(process.cwd());
  if (!options.dryRun) await checkOverwriting(directory, options, { text, settings: proposed });
  const { workosApiKeyParameter: keyParameter = defaultApiKeyParameter(stage) } = proposed;
  const checked = await preflight({
    userPoolId: pool.id,
    stage,
    keyParameter,
    triggers: settingsToTriggers(proposed),
    carryPasswords: proposed.carryPasswords === 'true',
    env: { ...process.env, AWS_REGION: pool.region },
  });
  if (interruption.stop.aborted) return EXIT.interrupted;
  if (!options.dryRun) await writeStageFile(directory, stage, text);
  const exit = checked.ready ? EXIT.done : EXIT.attention;
  const file = relative(process.cwd(), resolve(directory, stageFilePath(stage)));
  const next = `npx serverless deploy --stage ${stage}`;
  if (options.json) {
    const head = { command: 'init', userPoolId: pool.id, exit };
    await writeResult(process.stdout, head, {
      stage,
      file,
      written: !options.dryRun,
      settings: proposed,
      preflight: { ready: checked.ready, checks: toList(checked.checks) },
      next,
    });
    return exit;
  }
  if (options.dryRun) {
    process.stderr.write(preflightToText(checked));
    process.stdout.write(text);
    return exit;
  }
  const advice = checked.ready ? '' : ', when what failed above is put right';
  process.stdout.write(
    `${preflightToText(checked)}\n${file} is written: read it, and commit it. Next${advice}:\n  ${next}\n`,
  );
  return exit;
}

type ChosenPool = { id: string; region: string };

/** @returns undefined where the operator stopped the command at the question. */
async function choosePool(
  options: InitOptions,
  { stop }: Interruption,
): Promise<ChosenPool | undefined> {
  const environment = process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION;
  const region = chooseRegion({ ...options, ...(environment && { environment }) });
  if (options.userPoolId !== undefined) return { id: options.userPoolId, region };
  const listed = await listUserPools(connect(region));
  if (!listed.known) {
    throw failureToInitError(listed.failure, { action: 'cognito-idp:ListUserPools', region });
  }
  const choice = poolsToChoice(listed.value, region);
  if (choice.kind === 'only') {
    process.stderr.write(`The only user pool of ${region}: ${poolToText(choice.pool)}\n`);
    return { id: choice.pool.id, region };
  }
  if (!process.stdin.isTTY || !process.stderr.isTTY) throw severalPools(choice.pools, region);
  const pool = await askForOne(choice.pools, stop);
  return pool && { id: pool.id, region };
}

async function askForOne(
  pools: readonly ListedUserPool[],
  stop: AbortSignal,
): Promise<ListedUserPool | undefined> {
  for (const [index, pool] of pools.entries()) {
    process.stderr.write(`  ${String(index + 1).padStart(3)}  ${poolToText(pool)}\n`);
  }
  const question = `Which user pool? Type its number (1-${pools.length}): `;
  const answer = await ask(question, {
    input: process.stdin,
    output: process.stderr,
    stop,
  }).catch((error: unknown) => {
    if (stop.aborted) return undefined;
    throw error;
  });
  if (answer === undefined) return undefined;
  const pool = /^\d+$/.test(answer.trim()) ? pools[Number(answer) - 1] : undefined;
  if (pool) return pool;
  throw new InitError(`no number of 1 to ${pools.length} was typed: nothing was written`);
}

function poolToText({ id, name }: ListedUserPool): string {
  return `${id}  ${toTerminalText(name)}`;
}

async function propose({ id, region }: ChosenPool, stage: string): Promise<ProposedSetting[]> {
  const described = await askForPool(connect(region), id);
  if (described.known) return poolToSettings(described.value, { stage, userPoolId: id });
  throw failureToInitError(described.failure, {
    action: 'cognito-idp:DescribeUserPool',
    region,
    userPoolId: id,
  });
}

function connect(region: string): CognitoIdentityProviderClient {
  return new CognitoIdentityProviderClient({ region, requestHandler: REQUEST, maxAttempts: 2 });
}

function toStageSettings(settings: readonly ProposedSetting[]): StageSettings {
  return Object.fromEntries(
    settings.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
  );
}

/** The folder of serverless.yml, from anywhere below it; else the current one. */
function directoryOf(current: string): string {
  return `${current}${sep}`.startsWith(ROOT) ? ROOT : current;
}

async function checkOverwriting(
  directory: string,
  { stage, force }: InitOptions,
  proposed: { text: string; settings: StageSettings },
): Promise<void> {
  const change = await compareStageFile(directory, stage, proposed);
  if (change.kind !== 'different') return;
  const path = stageFilePath(stage);
  process.stderr.write(`${force ? 'Changed' : 'Would change'} in ${path}:\n`);
  for (const line of change.changes) process.stderr.write(`  ${toTerminalText(line)}\n`);
  if (force) return;
  throw new InitError(`${path} is there already: --force overwrites it, nothing was written`);
}
