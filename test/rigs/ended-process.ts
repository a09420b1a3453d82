import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A process that has ended: its exit code (null after a signal) and everything it wrote. */
export type EndedProcess = { code: number | null; stdout: string; stderr: string };

/** Must be called in the same tick as the process is started, so that no output is lost. */
export async function untilEnded(child: ChildProcess): Promise<EndedProcess> {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code, ...output };
}
