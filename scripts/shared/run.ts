import { writeFile } from 'node:fs/promises';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { WorkosUnavailableError } from '../../src/bulk/request-scheduler.ts';
import { ConfigurationError } from '../../src/config/environment.ts';
import { OperatorError } from '../../src/operator-error.ts';

/**
 * Exit codes of every command (DESIGN, section 7). `attention`: done, but some users failed, or
 * drift was found. `look`: with --strict, in sync, but something is to be looked at. `interrupted`: as shells report a Ctrl-C.
 */
export const EXIT = { done: 0, attention: 1, couldNotRun: 2, look: 3, interrupted: 130 } as const;

/** The command cannot do what it was asked for; the message is one line that says what to mend. */
export class CommandError extends OperatorError {
  override name = 'CommandError';
}

/** Ctrl-C and what follows from it. */
export type Interruption = {
  /** Fires at the first Ctrl-C: nothing more is begun. */
  stop: AbortSignal;
  /** Fires a little later: not even what is in hand is waited for. */
  abort: AbortSignal;
};

/** After Ctrl-C, what is in hand is finished; not for longer than this. */
const LAST_SECONDS_MS = 15_000;

/**
 * Runs a command to its exit code: options that commander refuses and errors that say what to mend
 * become code 2 and one line on stderr. The first Ctrl-C stops in good order; a second one ends the
 * process at once.
 */
export async function runCommand(
  command: (interruption: Interruption) => Promise<number>,
): Promise<void> {
  const stop = new AbortController();
  const abort = new AbortController();
  // `… --help | head`: whoever read the result wants no more of it.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop.abort();
      setTimeout(() => abort.abort(), LAST_SECONDS_MS).unref();
    });
  }
  try {
    process.exitCode = await command({ stop: stop.signal, abort: abort.signal });
  } catch (error) {
    process.exitCode = errorToExit(error);
  }
}

function errorToExit(error: unknown): number {
  // commander has said already what is wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.couldNotRun;
  process.stderr.write(`error: ${explain(error).replaceAll(/\s+/g, ' ')}\n`);
  return EXIT.couldNotRun;
}

/** What may go wrong, in one line that says what to mend; anything else is a bug, named as one. */
function explain(error: unknown): string {
  if (error instanceof WorkosUnavailableError) {
    return `${error.message}. Run the same command again; what was done is kept.`;
  }
  if (error instanceof OperatorError) return error.message;
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `this should not have happened, please report it: ${detail}`;
}

/** The beginning of every command about a user pool: its name, and the pool. */
export function poolCommand(script: string): Command {
  return new Command(`npm run ${script} --`)
    .requiredOption(
      '--user-pool-id <id>',
      'the user pool, e.g. eu-central-1_Ab1Cd2Ef3',
      parsePoolId,
    )
    .exitOverride();
}

function parsePoolId(value: string): string {
  if (/^[\w-]+_[0-9a-zA-Z]+$/.test(value) && value.length <= 55) return value;
  throw new InvalidArgumentError('It looks like eu-central-1_Ab1Cd2Ef3.');
}

/** For commander's `--rate`: a number above 0. */
export function parseRate(value: string): number {
  const rate = Number(value);
  if (value.trim() !== '' && Number.isFinite(rate) && rate > 0 && rate <= 100_000) return rate;
  throw new InvalidArgumentError('It has to be a number above 0.');
}

/**
 * The region for AWS clients. The id of a pool begins with its region; the environment may still say
 * otherwise.
 */
export function regionOf(
  userPoolId: string,
  env: Record<string, string | undefined>,
): { region?: string } {
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? userPoolId.split('_')[0];
  return region === undefined ? {} : { region };
}

/**
 * Tried before anything is done, so that a path that cannot be written ends the run at once. What is
 * written there may hold personal data: the file is readable for its owner alone.
 *
 * @throws ConfigurationError that names the option.
 */
export async function tryOutputFile(option: string, path: string | undefined): Promise<void> {
  if (path === undefined) return;
  await writeFile(path, '', { mode: 0o600 }).catch((cause: Error) => {
    throw new ConfigurationError(option, `cannot be written (${cause.message})`);
  });
}
