import { createInterface } from 'node:readline/promises';
import { OperatorError } from '../../src/operator-error.ts';

/** A mass action that the operator has not confirmed: nothing was done. */
export class NotConfirmedError extends OperatorError {
  override name = 'NotConfirmedError';
}

export type MassAction = {
  /** What would be done, before the number: `mail a password reset to`. */
  action: string;
  /** What is counted: `people`, `WorkOS users`. */
  what: string;
  count: number;
  /** Up to so many are not asked about. */
  bound: number;
  /** `--yes` was given. */
  yes: boolean;
  /** What a refusal leaves as it was. Default: nothing was done. */
  undone?: string;
};

export type Terminal = {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream & { isTTY?: boolean };
  stop: AbortSignal;
};

/** Asked on stderr, so that stdout can be a pipe. */
export function terminalOf(stop: AbortSignal): Terminal {
  return { input: process.stdin, output: process.stderr, stop };
}

/**
 * Asks before what acts on many: on a terminal the operator types the number, elsewhere `--yes` is needed.
 *
 * @throws NotConfirmedError where the number is another, or there is no terminal and no `--yes`.
 * @throws the reason of `stop` when the operator presses Ctrl-C at the question.
 */
export async function confirmMassAction(mass: MassAction, terminal: Terminal): Promise<void> {
  const { action, what, count, bound, yes, undone = 'nothing was done' } = mass;
  if (count <= bound || yes) return;
  if (!terminal.input.isTTY || !terminal.output.isTTY) {
    throw new NotConfirmedError(
      `this would ${action} ${count} ${what}: give --yes if that is meant; ${undone}`,
    );
  }
  const answer = await ask(
    `This will ${action} ${count} ${what}. Type the number to go on: `,
    terminal,
  );
  if (answer.trim() === String(count)) return;
  throw new NotConfirmedError(`${count} was not typed: ${undone}`);
}

/**
 * Asks one question on a terminal. An input that ends is an empty answer.
 *
 * @throws the reason of `stop` when the operator presses Ctrl-C.
 */
export async function ask(question: string, { input, output, stop }: Terminal): Promise<string> {
  const lines = createInterface({ input, output });
  // The terminal hands Ctrl-C to the question instead of the process.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    return await Promise.race([lines.question(question, { signal: stop }), closed]);
  } catch (error) {
    throw stop.aborted ? stop.reason : error;
  } finally {
    lines.close();
  }
}
