import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { commandEnvironment, queueEnvironment } from '../environment.ts';
import type { LocalSystem } from '../system.ts';

export type CommandSystem = Pick<
  LocalSystem,
  'cognito' | 'cognitoClient' | 'dynamodb' | 'queue' | 'userPoolId' | 'workos'
>;

/** What a command printed with --json, and its exit code. */
export type CommandResult = { code: number | null; result: Record<string, unknown> };

export type Commands = {
  /** `npm run <script> -- --user-pool-id … --json <args>`, as a process of its own. */
  run(script: string, ...args: string[]): Promise<CommandResult>;
  /** Removes the state files that were left. */
  close(): Promise<void>;
};

/**
 * The commands as a person runs them, on the local system.
 * `run` rejects when a command could not do its work, with what it said, and when aborted.
 */
export async function createCommands(
  system: CommandSystem,
  signal: AbortSignal,
): Promise<Commands> {
  const directory = await mkdtemp(join(tmpdir(), 'cognito-workos-sync-story-'));
  return {
    async run(script, ...args) {
      const program = fileURLToPath(new URL('../../scripts/cws.ts', import.meta.url));
      const all = [program, script, '--user-pool-id', system.userPoolId, '--json', ...args];
      const child = spawn(process.execPath, all, {
        cwd: directory,
        env: { PATH: process.env.PATH, ...commandEnvironment(system), ...queueEnvironment(system) },
        stdio: ['ignore', 'pipe', 'pipe'],
        signal,
      });
      const ended = once(child, 'close');
      const [stdout, stderr, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        ended,
      ]);
      if (code !== 0 && code !== 1) throw new Error(`${script} ended with ${code}: ${stderr}`);
      return { code, result: JSON.parse(stdout) };
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
}
