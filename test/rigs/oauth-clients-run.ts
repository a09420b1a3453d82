import type { StrictIdentityProvider } from '../stand-ins/strict-cognito/identity-providers.ts';
import {
  type CommandSetting,
  type CommandSettingOptions,
  startCommandSetting,
} from './command-run.ts';
import type { EndedProcess } from './ended-process.ts';

/** `npx cws oauth-clients`. */
export type OauthClientsSetting = CommandSetting & {
  providers: StrictIdentityProvider[];
  /** Everything the runs of this setting have written to stdout and stderr. */
  output: string[];
  list(args?: string[], env?: Record<string, string>): Promise<EndedProcess>;
};

export async function startOauthClientsSetting(
  options: CommandSettingOptions & { providers?: StrictIdentityProvider[] } = {},
): Promise<OauthClientsSetting> {
  const { providers = [], cognito, workos } = options;
  const setting = await startCommandSetting({
    cognito: { ...cognito, identityProviders: providers },
    ...(workos && { workos }),
  });
  const output: string[] = [];
  return {
    ...setting,
    providers,
    output,
    async list(args = [], env = {}) {
      const all = ['--user-pool-id', setting.cognito.userPoolId, ...args];
      const ended = await setting.run('oauth-clients', all, env);
      output.push(ended.stdout, ended.stderr);
      return ended;
    },
  };
}
