import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../scripts/cws.ts', import.meta.url));

/** A command of `cws` on a pseudo-terminal (util-linux's `script`), as an operator has it. */
export type TerminalRun = {
  /** Waits until the terminal shows this text. */
  shows(text: string): Promise<void>;
  type(text: string): void;
  ended: Promise<{ code: number | null; screen: string }>;
};

export function runOnTerminal(
  args: string[],
  { cwd, env }: { cwd: string; env: Record<string, string> },
): TerminalRun {
  const quoted = [process.execPath, PROGRAM, ...args].map((each) => `'${each}'`).join(' ');
  const child: ChildProcess = spawn('script', ['-qefc', quoted, '/dev/null'], {
    cwd,
    env: { PATH: process.env.PATH, TERM: 'xterm', ...env },
  });
  let screen = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
    });
  }
  const ended = once(child, 'close').then(([code]) => ({ code, screen }));
  return {
    ended,
    type: (text) => void child.stdin?.write(text),
    async shows(text) {
      while (!screen.includes(text)) {
        const next = await Promise.race([once(child.stdout ?? child, 'data'), ended]);
        if (!Array.isArray(next)) throw new Error(`ended with ${next.code}: ${screen}`);
      }
    },
  };
}
