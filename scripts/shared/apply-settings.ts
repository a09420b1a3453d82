import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Command } from 'commander';
import { nearestName } from '../../src/stage/nearest-name.ts';
import { readStackVariables } from '../../src/stage/stack-outputs.ts';
import { stageToEnvironment } from '../../src/stage/stage-environment.ts';
import {
  readStageFile,
  type StageFile,
  type StageSettings,
  stageFilePath,
} from '../../src/stage/stage-file.ts';
import { CommandError } from './run.ts';

/** Where package.json, serverless.yml and config/ are. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STACK_VARIABLES = ['SYNC_QUEUE_URL', 'SYNC_DLQ_URL', 'SYNC_LEDGER_TABLE'];

/**
 * Completes a command's settings before it runs: options come first, then variables (those of a `.env` beside
 * package.json included), then `config/<stage>.yml` where `--stage` names one, last what the stage's deployed
 * stack puts out.
 *
 * @param options.isStackLeftOut the command looks at the stack itself.
 * @param options.isFileOptional the command may be about a stage that has no file (preflight, before there is one);
 *   the pool is then that of `--user-pool-id`.
 * @throws StageFileError, or CommandError where there is no such file, or the command needs a user pool and
 *   nothing names one.
 */
export async function applySettings(
  command: Command,
  {
    isFileOptional = false,
    isStackLeftOut = false,
  }: { isFileOptional?: boolean; isStackLeftOut?: boolean } = {},
): Promise<void> {
  loadEnvFile();
  const { stage, userPoolId } = command.opts<{ stage?: string; userPoolId?: string }>();
  const file = stage === undefined ? undefined : readFile(stage);
  if (stage !== undefined && !file && !isFileOptional) throw new CommandError(noFile(stage));
  const pool = choosePool(userPoolId, file);
  if (pool !== undefined) command.setOptionValueWithSource('userPoolId', pool, 'config');
  if (file) {
    Object.assign(process.env, stageToEnvironment(process.env, file));
    if (!isStackLeftOut) await askStack(file);
  }
  const needsPool = command.options.some(({ long }) => long === '--user-pool-id');
  if (!needsPool || pool !== undefined) return;
  throw new CommandError(noPool(stage, file));
}

function noPool(stage: string | undefined, file: StageFile | undefined): string {
  if (file) {
    return `${file.path} names no user pool: write userPoolId: into it, or give --user-pool-id`;
  }
  return stage === undefined
    ? 'which user pool? Give --user-pool-id, or --stage and a file config/<stage>.yml that names it (cws init writes one)'
    : `${noFile(stage)}; or give --user-pool-id`;
}

/** Reads the `.env` beside package.json into the environment. */
export function loadEnvFile(): void {
  const path = join(ROOT, '.env');
  // Variables that are set already stay as they are.
  if (existsSync(path)) process.loadEnvFile(path);
}

/** What the file of a stage says; nothing where there is none. */
export function settingsOf(stage: string): StageSettings {
  return readFile(stage)?.settings ?? {};
}

/** In the current directory, else beside package.json: npx may be run anywhere below it. */
function readFile(stage: string): StageFile | undefined {
  return readStageFile(stage, process.cwd()) ?? readStageFile(stage, ROOT);
}

/** The directory whose config/ has the file of a stage that {@link applySettings} has found. */
export function stageDirectory(stage: string): string {
  return existsSync(join(process.cwd(), stageFilePath(stage))) ? process.cwd() : ROOT;
}

function noFile(stage: string): string {
  const stages = [process.cwd(), ROOT].flatMap(listStages);
  const nearest = nearestName(stage, stages);
  const hint =
    nearest !== undefined
      ? `did you mean --stage ${nearest}?`
      : `cws init --stage ${stage} writes it`;
  return `there is no ${stageFilePath(stage)}: ${hint}`;
}

function listStages(directory: string): string[] {
  const config = join(directory, dirname(stageFilePath('any')));
  if (!existsSync(config)) return [];
  return readdirSync(config).flatMap((name) => /^(.+)\.yml$/.exec(name)?.[1] ?? []);
}

function choosePool(option: string | undefined, file: StageFile | undefined): string | undefined {
  const { userPoolId } = file?.settings ?? {};
  if (option !== undefined && userPoolId && option !== userPoolId) {
    throw new CommandError(
      `--user-pool-id ${option} is not the pool of the stage: ${file?.path} names ${userPoolId}`,
    );
  }
  return option ?? (userPoolId || undefined);
}

async function askStack(file: StageFile): Promise<void> {
  if (STACK_VARIABLES.every((name) => process.env[name])) return;
  // The stack is deployed beside the pool, and the id of a pool begins with its region.
  const region = file.settings.region ?? file.settings.userPoolId?.split('_')[0];
  const client = new CloudFormationClient({ ...(region && { region }), maxAttempts: 2 });
  const found = await readStackVariables(client, file.stage);
  for (const [name, value] of Object.entries(found)) process.env[name] ||= value;
}

/** For `--stage`, in `--help`. */
export const STAGE_DESCRIPTION = `take from ${stageFilePath('<name>')} what no option and no variable says`;
