import type { StrictUser } from '../../local/emulators/workos.ts';
import { poolUser } from '../fixtures/pool-users.ts';
import type { StrictCognitoUser } from '../stand-ins/strict-cognito.ts';
import type { CommandSettingOptions } from './command-run.ts';
import { type PoolCommandSetting, startPoolCommand } from './pool-command.ts';

/** `npx cws reset-passwords` between a strict Cognito and a strict WorkOS. */
export type ResetSetting = PoolCommandSetting & {
  /** Puts the n-th user into the pool, and into WorkOS as the mirror would have created it. */
  both(
    n: number,
    attributes?: Record<string, string>,
    partial?: Partial<StrictCognitoUser>,
    workos?: Partial<StrictUser>,
  ): StrictUser;
  /** The WorkOS user id of each mail, in order. */
  mailed(): string[];
};

export async function startResetSetting(options?: CommandSettingOptions): Promise<ResetSetting> {
  const setting = await startPoolCommand('reset-passwords', options);
  return {
    ...setting,
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
