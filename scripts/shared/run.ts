import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import { WorkosUnavailableError } from '../../src/bulk/request-scheduler.ts';
import { OperatorError } from '../../src/operator-error.ts';

/**
 * Exit codes of every command (docs/design.md#commands). `attention`: done, but some users failed, or
 * drift was found. `interrupted`: as shells report a Ctrl-C.
 */
export const EXIT = { done: 0, attention: 1, couldNotRun: 2, interrupted: 130 } as const;

/** The command cannot do what it was asked for; the message is one line that says what to change. */
export class CommandError extends OperatorError {
  override name = 'CommandError';
}

/** Ctrl-C and what follows from it. */
export type Interruption = {
  /** Fires at the first Ctrl-C: nothing more is begun. */
  stop: AbortSignal;
  /** Fires 15 seconds later: what is still in flight is no longer waited for. */
  abort: AbortSignal;
};

const LAST_SECONDS_MS = 15_000;

/**
 * Runs a command to its exit code. An error that an operator can put right becomes code 2 and one line
 * on stderr; every other error is a defect: code 2, one line, and its stack. The first Ctrl-C (or
 * SIGTERM, or SIGHUP) stops the command in good order, a second one ends the process at once.
 */
export async function runCommand(
  command: (interruption: Interruption) => Promise<number>,
): Promise<void> {
  const stop = new AbortController();
  const abort = new AbortController();
  // With `… --help | head`, the reader closes the pipe before everything is written.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
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

/** Writes what went wrong to stderr. */
export function errorToExit(error: unknown): number {
  // commander has already written what is wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.couldNotRun;
  process.stderr.write(errorToText(error));
  return EXIT.couldNotRun;
}

/** What the terminal shows of an error: one line, and for a defect its stack and those of its causes. */
export function errorToText(error: unknown): string {
  if (error instanceof OperatorError) return toErrorLine(withAdvice(error));
  const what = error instanceof Error ? `${error.name}: ${error.message}` : inspect(error);
  return `${toErrorLine(`this is a defect, please report it with these lines: ${what}`)}${toStack(error)}`;
}

function toErrorLine(text: string): string {
  return `error: ${text.replaceAll(/\s+/g, ' ')}\n`;
}

function withAdvice(error: OperatorError): string {
  if (!(error instanceof WorkosUnavailableError)) return error.message;
  return `${error.message}. Run the same command again; what was done is kept.`;
}

/** The frames alone: an error's other properties may hold requests with keys and personal data. */
function toStack(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line));
  const cause = error.cause instanceof Error ? error.cause : undefined;
  const below = cause ? `  caused by ${cause.name}\n${toStack(cause)}` : '';
  return `${frames.map((line) => `${line}\n`).join('')}${below}`;
}
