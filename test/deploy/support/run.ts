import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export type Ended = { code: number | null; stdout: string; stderr: string };

/** A process that does not end is worth no more than this. */
const LONGEST_RUN_MS = 150_000;

/** Runs a program to its end. The environment is the given one and nothing else. */
export async function run(
  program: string,
  args: string[],
  options: { cwd?: string; env: Record<string, string> },
): Promise<Ended> {
  const child = spawn(program, args, {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_RUN_MS,
    killSignal: 'SIGKILL',
  });
  const output = collect(child);
  const [code] = await once(child, 'close');
  return { code, ...output() };
}

/** What went wrong, with all that the program said. */
export class RunFailed extends Error {
  override name = 'RunFailed';
  constructor(what: string, { code, stdout, stderr }: Ended) {
    super(`${what} ended with ${code}\n${stdout}\n${stderr}`);
  }
}

function collect(child: ChildProcess): () => { stdout: string; stderr: string } {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return () => ({ stdout, stderr });
}
