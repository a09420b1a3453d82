import { Command, InvalidArgumentError, Option, type OptionValues } from 'commander';
import { applySettings, STAGE_DESCRIPTION } from './apply-settings.ts';
import type { Interruption } from './run.ts';
import { runCommand } from './run.ts';

/** A command of `cws`, ready to be run. */
export function createCommand(name: string): Command {
  return new Command(name).allowExcessArguments(false);
}

/** A command about one user pool, which `--user-pool-id` or the file of `--stage` names. */
export function createPoolCommand(name: string): Command {
  return createCommand(name)
    .option('--user-pool-id <id>', 'the user pool, e.g. eu-central-1_Ab1Cd2Ef3', parsePoolId)
    .addOption(stageOption());
}

export function stageOption(): Option {
  return new Option('--stage <name>', STAGE_DESCRIPTION).argParser(parseStage);
}

/**
 * Has the command run `run` with its parsed options, to the exit code that `run` returns.
 *
 * @param settings.check throws CommandError where the options cannot be together; comes before anything is read.
 * @param settings.isStackLeftOut whether the command looks at the stage's stack itself, so that none is asked before.
 * @param settings.isFileOptional whether `--stage` may name a stage without a file.
 */
export function onRun<T>(
  command: Command,
  run: (options: T, interruption: Interruption) => Promise<number>,
  settings: {
    check?: (options: T) => void;
    isStackLeftOut?: boolean;
    isFileOptional?: boolean | ((options: T) => boolean);
  } = {},
): Command {
  const { check, isFileOptional, isStackLeftOut = false } = settings;
  return command.action(() =>
    runCommand(async (interruption) => {
      const given = command.opts<T & OptionValues>();
      check?.(given);
      await applySettings(command, {
        isStackLeftOut,
        isFileOptional:
          typeof isFileOptional === 'function' ? isFileOptional(given) : (isFileOptional ?? false),
      });
      return run(command.opts<T & OptionValues>(), interruption);
    }),
  );
}

/** For the commands that write to WorkOS; see the banner. */
export function anotherEnvironmentOption(): Option {
  return new Option(
    '--another-environment',
    'write although the deployed consumer of this pool writes to another WorkOS environment',
  );
}

export function jsonOption(): Option {
  return new Option('--json', 'print the result as one JSON object on stdout');
}

export function fromOption(): Option {
  return new Option(
    '--from <dir>',
    'read exported users_N.json files instead of the live user pool',
  );
}

/** @param what the rate is of: "WorkOS writes a second". */
export function rateOption(what: string, fallback: number): Option {
  return new Option('--rate <n>', what).argParser(parseRate).default(fallback);
}

/** @param description what is limited. */
export function limitOption(description: string): Option {
  return new Option('--limit <n>', description).argParser(parseLimit);
}

/** What stands below the options in `--help`; `examples` without `npx cws`. */
export function addSections(
  command: Command,
  sections: { examples: readonly string[]; environment: string; exit: string; more?: string },
): Command {
  const { examples, environment, exit, more } = sections;
  const commands = examples.map((each) => `  npx cws ${each}`);
  const text = [
    '',
    'Examples:',
    ...commands,
    '',
    ...(more === undefined ? [] : [more]),
    `Environment: ${environment}`,
    `Exit code: ${exit}`,
  ];
  return command.addHelpText('after', text.join('\n'));
}

/** The variables that say how WorkOS is reached, for `--help`. */
export const WORKOS_VARIABLES =
  'WORKOS_API_KEY (or WORKOS_API_KEY_PARAMETER), WORKOS_API_HOSTNAME, WORKOS_API_PORT,\nWORKOS_API_HTTPS';

export function parsePoolId(value: string): string {
  if (/^[\w-]+_[0-9a-zA-Z]+$/.test(value) && value.length <= 55) return value;
  throw new InvalidArgumentError('It looks like eu-central-1_Ab1Cd2Ef3.');
}

/** As in the names of the stack and of its functions. */
export function parseStage(value: string): string {
  if (/^[a-zA-Z][a-zA-Z0-9-]{0,30}$/.test(value)) return value;
  throw new InvalidArgumentError('It has to be letters, digits and hyphens, like dev or prod.');
}

/** @throws InvalidArgumentError unless it is a number above 0. */
export function parseRate(value: string): number {
  const rate = Number(value);
  if (value.trim() !== '' && Number.isFinite(rate) && rate > 0 && rate <= 100_000) return rate;
  throw new InvalidArgumentError('It has to be a number above 0.');
}

function parseLimit(value: string): number {
  const limit = Number(value);
  if (/^\d+$/.test(value.trim()) && Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new InvalidArgumentError('It has to be a whole number above 0.');
}
