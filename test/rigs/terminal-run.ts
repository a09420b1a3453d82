import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type CommandSetting, toEnvironment } from './command-run.ts';

const PROGRAM = fileURLToPath(new URL('../../scripts/cws.ts', import.meta.url));

/** A command of `cws` on a pseudo-terminal (util-linux's `script`), as an operator has it. */
export type TerminalRun = {
  /** Waits until the terminal shows this text. */
  shows(text: string | RegExp): Promise<void>;
  /** What is typed goes to the command as keys. */
  type(keys: string): void;
  /** Waits for a text on the screen, then types. */
  typeAt(text: string | RegExp, keys: string): Promise<void>;
  ended: Promise<{ code: number | null; screen: string }>;
};

export function runOnTerminal(
  args: string[],
  { cwd, env }: { cwd: string; env: Record<string, string | undefined> },
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
  const isShown = (text: string | RegExp) =>
    typeof text === 'string' ? screen.includes(text) : text.test(screen);
  const run: TerminalRun = {
    ended,
    type: (keys) => void child.stdin?.write(keys),
    async shows(text) {
      while (!isShown(text)) {
        const next = await Promise.race([once(child.stdout ?? child, 'data'), ended]);
        if (!Array.isArray(next)) throw new Error(`ended with ${next.code}: ${screen}`);
      }
    },
    async typeAt(text, keys) {
      await run.shows(text);
      run.type(keys);
    },
  };
  return run;
}

/** A command of a setting with stand-ins, on a terminal. */
export function startInTerminal(
  setting: Pick<CommandSetting, 'cognito' | 'workos' | 'directory'>,
  args: string[],
): TerminalRun {
  return runOnTerminal(args, { cwd: setting.directory, env: toEnvironment(setting) });
}
