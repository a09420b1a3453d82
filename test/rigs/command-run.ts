import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  type StrictWorkos,
  type StrictWorkosOptions,
  startStrictWorkos,
} from '../../local/emulators/workos.ts';
import type { StrictCognitoOptions } from '../stand-ins/strict-cognito.ts';
import { type StrictCognito, startStrictCognito } from '../stand-ins/strict-cognito.ts';
import { runInProcess, takeProcess } from './command-in-process.ts';
import { type EndedProcess, untilEnded } from './ended-process.ts';

/** A server's clock is known to the second: what a command observes within the second of another run is stale. */
const CLOCK_STEP_MS = 1_100;
const PROGRAM = fileURLToPath(new URL('../../scripts/cws.ts', import.meta.url));

export type RunningCommand = ChildProcess & { ended: Promise<EndedProcess> };

export type CommandSettingOptions = {
  cognito?: StrictCognitoOptions;
  workos?: StrictWorkosOptions;
};

/** The commands of `cws` between a strict Cognito and a strict WorkOS. */
export type CommandSetting = {
  cognito: StrictCognito;
  workos: StrictWorkos;
  /** The working directory of the commands: state files and reports go there. */
  directory: string;
  /**
   * As a process of its own.
   *
   * @param command a command of `cws`.
   */
  start(command: string, args?: string[], env?: Record<string, string>): RunningCommand;
  /** In the process of the test, unless another one runs there or NODE_OPTIONS is given. */
  run(command: string, args?: string[], env?: Record<string, string>): Promise<EndedProcess>;
  close(): Promise<void>;
};

export async function startCommandSetting(
  options: CommandSettingOptions = {},
): Promise<CommandSetting> {
  const cognito = await startStrictCognito(options.cognito);
  const workos = await startStrictWorkos(options.workos);
  const directory = await mkdtemp(join(tmpdir(), 'command-run-'));
  const children = new Set<ChildProcess>();
  let endedAt = 0;

  const start: CommandSetting['start'] = (command, args = [], env = {}) => {
    const child = spawn(process.execPath, [PROGRAM, command, ...args], {
      cwd: directory,
      env: { ...toEnvironment({ cognito, workos }), ...env },
    });
    children.add(child);
    return Object.assign(child, { ended: untilEnded(child).finally(() => children.delete(child)) });
  };
  return {
    cognito,
    workos,
    directory,
    start,
    async run(command, args = [], env = {}) {
      // Node reads its options when a process starts.
      if (env.NODE_OPTIONS || !takeProcess()) return start(command, args, env).ended;
      const all = { ...toEnvironment({ cognito, workos }), ...env };
      await delay(Math.max(0, endedAt + CLOCK_STEP_MS - Date.now()));
      const ended = await runInProcess([command, ...args], { cwd: directory, env: all });
      endedAt = Date.now();
      return ended;
    },
    async close() {
      for (const child of children) child.kill('SIGKILL');
      await cognito.close();
      await workos.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The variables with which a command finds the stand-ins. */
export function toEnvironment({
  cognito,
  workos,
}: Pick<CommandSetting, 'workos'> & { cognito: { endpoint: string } }): Record<
  string,
  string | undefined
> {
  return {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    // Services without a stand-in refuse the connection at once.
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    WORKOS_API_KEY: workos.apiKey,
    WORKOS_API_HOSTNAME: workos.hostname,
    WORKOS_API_PORT: String(workos.port),
    WORKOS_API_HTTPS: 'false',
  };
}
