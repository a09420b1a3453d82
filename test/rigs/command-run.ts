import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type StrictWorkos,
  type StrictWorkosOptions,
  startStrictWorkos,
} from '../../local/emulators/workos.ts';
import type { StrictCognitoOptions } from '../stand-ins/strict-cognito.ts';
import { type StrictCognito, startStrictCognito } from '../stand-ins/strict-cognito.ts';
import { type EndedProcess, untilEnded } from './ended-process.ts';

const PROGRAM = fileURLToPath(new URL('../../scripts/cws.ts', import.meta.url));

export type RunningCommand = ChildProcess & { ended: Promise<EndedProcess> };

export type CommandSettingOptions = {
  cognito?: StrictCognitoOptions;
  workos?: StrictWorkosOptions;
};

/** The commands of `cws`, each as a process of its own, between a strict Cognito and a strict WorkOS. */
export type CommandSetting = {
  cognito: StrictCognito;
  workos: StrictWorkos;
  /** The working directory of the commands: state files and reports go there. */
  directory: string;
  /** @param command a command of `cws`. */
  start(command: string, args?: string[], env?: Record<string, string>): RunningCommand;
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

  const start: CommandSetting['start'] = (command, args = [], env = {}) => {
    const child = spawn(process.execPath, [PROGRAM, command, ...args], {
      cwd: directory,
      env: {
        ...toEnvironment({ cognito, workos }),
        ...env,
      },
    });
    children.add(child);
    return Object.assign(child, { ended: untilEnded(child).finally(() => children.delete(child)) });
  };
  return {
    cognito,
    workos,
    directory,
    start,
    run: (command, args, env) => start(command, args, env).ended,
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
}: Pick<CommandSetting, 'cognito' | 'workos'>): Record<string, string | undefined> {
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
