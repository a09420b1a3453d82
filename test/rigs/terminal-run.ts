import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CommandSetting } from './command-run.ts';

const PROGRAM = fileURLToPath(new URL('../../scripts/cws.ts', import.meta.url));
/** Gives the command a terminal of its own, as a window does, and ends with its exit code. */
const IN_A_TERMINAL = `import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))`;

/** A command of `cws` on a real pseudo-terminal: what is typed goes to it as keys. */
export type TerminalRun = {
  /** Waits for a text on the screen, then types. */
  typeAt(text: RegExp, keys: string): Promise<void>;
  screen(): string;
  ended: Promise<{ code: number | null; screen: string }>;
};

export function startInTerminal(
  setting: Pick<CommandSetting, 'cognito' | 'workos' | 'directory'>,
  args: string[],
): TerminalRun {
  const { cognito, workos, directory } = setting;
  const child: ChildProcessWithoutNullStreams = spawn(
    'python3',
    ['-c', IN_A_TERMINAL, process.execPath, PROGRAM, ...args],
    {
      cwd: directory,
      env: {
        PATH: process.env.PATH,
        TERM: 'xterm',
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.endpoint,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        WORKOS_API_KEY: workos.apiKey,
        WORKOS_API_HOSTNAME: workos.hostname,
        WORKOS_API_PORT: String(workos.port),
        WORKOS_API_HTTPS: 'false',
      },
    },
  );
  let screen = '';
  child.stdout.on('data', (chunk) => {
    screen += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, screen }));
  return {
    screen: () => screen,
    ended,
    async typeAt(text, keys) {
      const isOver = ended.then(() => true);
      while (!text.test(screen)) {
        const pause = new Promise<false>((resolve) => setTimeout(() => resolve(false), 10));
        if (await Promise.race([isOver, pause])) throw new Error(`never shown: ${text}\n${screen}`);
      }
      child.stdin.write(keys);
    },
  };
}
