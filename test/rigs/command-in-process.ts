import { createProgram } from '../../scripts/program.ts';
import { errorToExit } from '../../scripts/shared/run.ts';
import type { EndedProcess } from './ended-process.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

let isRunning = false;

/**
 * Takes the process for one command, which {@link runInProcess} then runs: a second one beside it would share its
 * environment and its output.
 *
 * @returns false where a command has it.
 */
export function takeProcess(): boolean {
  if (isRunning) return false;
  isRunning = true;
  return true;
}

/**
 * Runs a command of `cws` as `scripts/cws.ts` does, in the process of the test: with the environment, the
 * working directory and the output of its own that a process would have, and without the second of CPU time that
 * starting one costs. What depends on a process (signals, a terminal, the end of a pipe, a kill) wants a process.
 */
export async function runInProcess(
  args: string[],
  { cwd, env }: { cwd: string; env: Record<string, string | undefined> },
): Promise<EndedProcess> {
  const output = { stdout: '', stderr: '' };
  const before = { env: process.env, cwd: process.cwd(), exitCode: process.exitCode };
  const listeners = SIGNALS.map((signal) => process.listeners(signal));
  const writes = (['stdout', 'stderr'] as const).map((name) => captureWrites(name, output));
  process.env = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
  process.chdir(cwd);
  process.exitCode = undefined;
  try {
    await runProgram(args);
    return { code: Number(process.exitCode ?? 0), ...output };
  } finally {
    for (const restore of writes) restore();
    process.env = before.env;
    process.chdir(before.cwd);
    process.exitCode = before.exitCode;
    for (const [n, signal] of SIGNALS.entries()) {
      for (const listener of process.listeners(signal)) {
        if (!listeners[n]?.includes(listener)) process.off(signal, listener);
      }
    }
    isRunning = false;
  }
}

async function runProgram(args: string[]): Promise<void> {
  try {
    const program = await createProgram(args[0]);
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = errorToExit(error);
  }
}

function captureWrites(
  name: 'stdout' | 'stderr',
  output: Record<'stdout' | 'stderr', string>,
): () => void {
  const stream = process[name];
  const write = stream.write;
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    output[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    const done = rest.find((each) => typeof each === 'function');
    if (done) process.nextTick(done);
    return true;
  };
  return () => {
    stream.write = write;
  };
}
