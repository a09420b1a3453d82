import type { StrictUser } from '../../local/emulators/workos.ts';
import { expectResult, withPlainLists } from '../fixtures/result-schema.ts';
import type { CommandSettingOptions } from './command-run.ts';
import { type PoolCommandSetting, startPoolCommand } from './pool-command.ts';

/** `npx cws verify` between a strict Cognito and a strict WorkOS. */
export type VerifySetting = PoolCommandSetting & {
  /**
   * With `--json`, and without the pause before the recheck. The result matches its schema; here its lists of
   * findings are plain arrays.
   */
  verify(
    args?: string[],
    env?: Record<string, string>,
  ): Promise<{ code: number | null } & VerifyJson>;
  /** Runs `npx cws seed` on every user of the pool. */
  seed(): Promise<void>;
  /** Changes a WorkOS user through the API, as the application would, not through the mirror. */
  edit(email: string, changes: Partial<StrictUser>): Promise<void>;
};

// biome-ignore lint/suspicious/noExplicitAny: the command's output is what the tests look into.
type VerifyJson = Record<string, any>;

export async function startVerifySetting(options?: CommandSettingOptions): Promise<VerifySetting> {
  const setting = await startPoolCommand('verify', options);
  const { workos } = setting;
  return {
    ...setting,
    async verify(args = [], env) {
      const ended = await setting.run(['--json', '--settle', '0', '--rate', '500', ...args], env);
      if (ended.stdout === '') throw new Error(`no result: ${ended.stderr}`);
      const result = expectResult('verify', ended);
      return { code: ended.code, ...withPlainLists(result), accepted: result.accepted };
    },
    async seed() {
      const { code, stderr } = await setting.runOther('seed', ['--rate', '1000', '--json']);
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
