import type { StrictUser, StrictWorkosOptions } from '../../local/emulators/workos.ts';
import type { StrictCognitoOptions, StrictCognitoUser } from '../stand-ins/strict-cognito.ts';
import {
  type CommandSetting,
  type Ended,
  type Running,
  startCommandSetting,
} from './command-run.ts';
import { poolUser } from './seed-run.ts';

/** `npm run reset-passwords`, as a process of its own, between a strict Cognito and a strict WorkOS. */
export type ResetSetting = Omit<CommandSetting, 'start' | 'run'> & {
  start(args?: string[], env?: Record<string, string>): Running;
  run(args?: string[], env?: Record<string, string>): Promise<Ended>;
  /** Another command, in the same place. */
  runOther(script: string, args: string[]): Promise<Ended>;
  startOther(script: string, args: string[], env: Record<string, string>): Running;
  /** The n-th user of the pool, and as the mirror would have made them in WorkOS. */
  both(
    n: number,
    attributes?: Record<string, string>,
    partial?: Partial<StrictCognitoUser>,
    workos?: Partial<StrictUser>,
  ): StrictUser;
  /** Ids of the WorkOS users who were mailed, a mail an entry. */
  mailed(): string[];
};

export async function startResetSetting(
  options: { cognito?: StrictCognitoOptions; workos?: StrictWorkosOptions } = {},
): Promise<ResetSetting> {
  const setting = await startCommandSetting(options);
  const start: ResetSetting['start'] = (args = [], env = {}) =>
    setting.start('reset-passwords', ['--user-pool-id', setting.cognito.userPoolId, ...args], env);
  return {
    ...setting,
    start,
    run: (args, env) => start(args, env).ended,
    runOther: (script, args) =>
      setting.run(script, ['--user-pool-id', setting.cognito.userPoolId, ...args]),
    startOther: (script, args, env) =>
      setting.start(script, ['--user-pool-id', setting.cognito.userPoolId, ...args], env),
    both(n, attributes = {}, partial = {}, workos = {}) {
      const user = poolUser(n, attributes, partial);
      setting.cognito.control.put(user);
      const value = (name: string) => user.Attributes.find(({ Name }) => Name === name)?.Value;
      return setting.workos.control.seedUser({
        email: value('email') ?? '',
        email_verified: value('email_verified') === 'true',
        external_id: value('sub') ?? '',
        ...workos,
      });
    },
    mailed: () => setting.workos.control.resets.map(({ userId }) => userId),
  };
}
