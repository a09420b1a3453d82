import type { StrictWorkosOptions } from '../../local/emulators/workos.ts';
import type { StrictCognitoOptions, StrictCognitoUser } from '../stand-ins/strict-cognito.ts';
import { cognitoUser } from '../stand-ins/strict-cognito.ts';
import {
  type CommandSetting,
  type Ended,
  type Running,
  startCommandSetting,
} from './command-run.ts';

/** `npm run seed`, as a process of its own, between a strict Cognito and a strict WorkOS. */
export type SeedSetting = Omit<CommandSetting, 'start' | 'run'> & {
  start(args?: string[], env?: Record<string, string>): Running;
  run(args?: string[], env?: Record<string, string>): Promise<Ended>;
};

export async function startSeedSetting(
  options: { cognito?: StrictCognitoOptions; workos?: StrictWorkosOptions } = {},
): Promise<SeedSetting> {
  const setting = await startCommandSetting(options);
  const start: SeedSetting['start'] = (args = [], env = {}) =>
    setting.start('seed', ['--user-pool-id', setting.cognito.userPoolId, ...args], env);
  return { ...setting, start, run: (args, env) => start(args, env).ended };
}

/** The sub of the n-th user. */
export function subOf(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** The n-th confirmed user with a verified email. */
export function poolUser(
  n: number,
  attributes: Record<string, string> = {},
  partial: Partial<StrictCognitoUser> = {},
): StrictCognitoUser {
  const { Attributes: _, ...rest } = partial;
  return cognitoUser(
    {
      sub: subOf(n),
      email: `user-${n}@example.com`,
      email_verified: 'true',
      given_name: `Given${n}`,
      family_name: `Family${n}`,
      ...attributes,
    },
    rest,
  );
}
