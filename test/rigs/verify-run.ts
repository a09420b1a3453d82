import type { StrictUser, StrictWorkosOptions } from '../../local/emulators/workos.ts';
import { expectResult, withPlainLists } from '../fixtures/result-schema.ts';
import type { StrictCognitoOptions, StrictCognitoUser } from '../stand-ins/strict-cognito.ts';
import {
  type CommandSetting,
  type Ended,
  type Running,
  startCommandSetting,
} from './command-run.ts';

/** `npm run verify`, as a process of its own, between a strict Cognito and a strict WorkOS. */
export type VerifySetting = Omit<CommandSetting, 'start' | 'run'> & {
  start(args?: string[], env?: Record<string, string>): Running;
  run(args?: string[], env?: Record<string, string>): Promise<Ended>;
  /** Another command, in the same place. */
  runOther(command: string, args: string[], env?: Record<string, string>): Promise<Ended>;
  /**
   * With `--json`, and without the pause before the last look. The result matches its schema; here its lists of
   * findings are plain arrays.
   */
  verify(args?: string[], env?: Record<string, string>): Promise<{ code: number | null } & Result>;
  /** Brings everybody over first. */
  seed(): Promise<void>;
  /** Changes a WorkOS user behind the mirror's back. */
  edit(email: string, changes: Partial<StrictUser>): Promise<void>;
};

// biome-ignore lint/suspicious/noExplicitAny: the command's output is what the tests look into.
type Result = Record<string, any>;

export async function startVerifySetting(
  options: { cognito?: StrictCognitoOptions; workos?: StrictWorkosOptions } = {},
): Promise<VerifySetting> {
  const setting = await startCommandSetting(options);
  const { cognito, workos } = setting;
  const pool = ['--user-pool-id', cognito.userPoolId];
  const start: VerifySetting['start'] = (args = [], env = {}) =>
    setting.start('verify', [...pool, ...args], env);
  const run: VerifySetting['run'] = (args, env) => start(args, env).ended;
  return {
    ...setting,
    start,
    run,
    runOther: setting.run,
    async verify(args = [], env) {
      const ended = await run(['--json', '--settle', '0', '--rate', '500', ...args], env);
      if (ended.stdout === '') throw new Error(`no result: ${ended.stderr}`);
      const result = expectResult('verify', ended);
      return { code: ended.code, ...withPlainLists(result), accepted: result.accepted };
    },
    async seed() {
      const { code, stderr } = await setting.run('seed', [...pool, '--rate', '1000', '--json']);
      if (code !== 0) throw new Error(stderr);
    },
    async edit(email, changes) {
      const id = workos.control.userByEmail(email)?.id;
      const response = await fetch(`${workos.url}/user_management/users/${id}`, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${workos.apiKey}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(changes),
      });
      if (!response.ok) throw new Error(await response.text());
    },
  };
}

/** A profile that came through Google. */
export function throughGoogle(id: string): Pick<StrictCognitoUser, 'UserStatus' | 'Username'> & {
  identities: string;
} {
  const identity = { userId: id, providerName: 'Google', providerType: 'Google', primary: true };
  return {
    UserStatus: 'EXTERNAL_PROVIDER',
    Username: `Google_${id}`,
    identities: JSON.stringify([identity]),
  };
}
