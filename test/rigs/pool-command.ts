import {
  type CommandSetting,
  type CommandSettingOptions,
  type RunningCommand,
  startCommandSetting,
} from './command-run.ts';
import type { EndedProcess } from './ended-process.ts';

/** One command of `scripts/`, with `--user-pool-id` of the strict Cognito before its other arguments. */
export type PoolCommandSetting = Omit<CommandSetting, 'start' | 'run'> & {
  start(args?: string[], env?: Record<string, string>): RunningCommand;
  run(args?: string[], env?: Record<string, string>): Promise<EndedProcess>;
  /** Another command, on the same pool and in the same directory. */
  startOther(script: string, args?: string[], env?: Record<string, string>): RunningCommand;
  runOther(script: string, args?: string[], env?: Record<string, string>): Promise<EndedProcess>;
};

/** @param script the file's name in `scripts/`, without its extension. */
export async function startPoolCommand(
  script: string,
  options: CommandSettingOptions = {},
): Promise<PoolCommandSetting> {
  const setting = await startCommandSetting(options);
  const pool = ['--user-pool-id', setting.cognito.userPoolId];
  const start: PoolCommandSetting['start'] = (args = [], env = {}) =>
    setting.start(script, [...pool, ...args], env);
  return {
    ...setting,
    start,
    run: (args = [], env = {}) => setting.run(script, [...pool, ...args], env),
    startOther: (other, args = [], env = {}) => setting.start(other, [...pool, ...args], env),
    runOther: (other, args = [], env) => setting.run(other, [...pool, ...args], env),
  };
}
