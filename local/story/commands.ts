import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { LocalSystem } from '../local-system.ts';
import { shellEnvironment } from './environment-file.ts';

/** What a command printed with --json, and its exit code. */
export type CommandResult = { code: number | null; result: Record<string, unknown> };

export type Commands = {
  /** `npx cws <script> --json <args>`, as a process of its own. */
  run(script: string, ...args: string[]): Promise<CommandResult>;
  /** Removes the state files that were left. */
  close(): Promise<void>;
};

/**
 * The commands as a person runs them, on the local system.
 * `run` rejects when a command could not do its work, with what it said, and when aborted.
 */
export async function createCommands(system: LocalSystem, signal: AbortSignal): Promise<Commands> {
  const directory = await mkdtemp(join(tmpdir(), 'cognito-workos-sync-story-'));
  return {
    async run(script, ...args) {
      const program = fileURLToPath(new URL('../../scripts/cws.ts', import.meta.url));
      const all = [program, script, '--json', ...args];
      const child = spawn(process.execPath, all, {
        cwd: directory,
        env: {
          PATH: process.env.PATH,
          // The commands share most of their modules, which are compiled once for all of them.
          NODE_COMPILE_CACHE: join(directory, 'compiled'),
          ...shellEnvironment(system),
        },
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
