import { spawn } from 'node:child_process';
import { type EndedProcess, untilEnded } from '../../rigs/ended-process.ts';

/** A process that runs longer is killed. */
const LONGEST_RUN_MS = 150_000;

/** Runs a program to its end, with the given environment variables and no others. */
export async function run(
  program: string,
  args: string[],
  options: { cwd?: string; env: Record<string, string> },
): Promise<EndedProcess> {
  const child = spawn(program, args, {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_RUN_MS,
    killSignal: 'SIGKILL',
  });
  return untilEnded(child);
}

/** A program ended with an error; the message holds everything it wrote. */
export class RunFailed extends Error {
  override name = 'RunFailed';
  constructor(what: string, { code, stdout, stderr }: EndedProcess) {
    super(`${what} ended with ${code}\n${stdout}\n${stderr}`);
  }
}
