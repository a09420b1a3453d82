import type { CommandSettingOptions } from './command-run.ts';
import { type PoolCommandSetting, startPoolCommand } from './pool-command.ts';

/** `npx cws seed` between a strict Cognito and a strict WorkOS. */
export type SeedSetting = PoolCommandSetting;

export function startSeedSetting(options?: CommandSettingOptions): Promise<SeedSetting> {
  return startPoolCommand('seed', options);
}
