import type { ConsumerConfig } from '../config/consumer.ts';
import { createPasswordSource, type PasswordSource } from '../passwords/carried-password.ts';
import { hashPassword } from '../passwords/hash-password.ts';
import type { OpenSeal } from '../passwords/open-seal.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

type PasswordConfig = Pick<ConsumerConfig, 'passwordKeyIds' | 'userPoolId'>;

/**
 * Opens sealed passwords with KMS. Its client and Cognito's are loaded with the first password: most deployments carry
 * none, and loading them would lengthen every cold start.
 *
 * @param config without a key, no password can be opened.
 */
export function connectPasswords(
  config: PasswordConfig,
  { log, counters }: Pick<Telemetry, 'log' | 'counters'>,
): PasswordSource {
  const open = config.passwordKeyIds.length > 0 ? openOnDemand(config) : undefined;
  return createPasswordSource({ open, hash: hashPassword, log, counters });
}

function openOnDemand(config: PasswordConfig): OpenSeal {
  let loading: Promise<OpenSeal> | undefined;
  return async (seal, user) => {
    loading ??= loadOpenSeal(config);
    return (await loading)(seal, user);
  };
}

async function loadOpenSeal({ passwordKeyIds, userPoolId }: PasswordConfig): Promise<OpenSeal> {
  const [{ createOpenSeal }, { connectKmsKeys }, { connectFindSub }] = await Promise.all([
    import('../passwords/open-seal.ts'),
    import('../passwords/kms-keys.ts'),
    import('../cognito/connect-find-sub.ts'),
  ]);
  const findSub = connectFindSub();
  return createOpenSeal({
    keyIds: passwordKeyIds,
    keys: connectKmsKeys(),
    // The configured pool, whatever pool a message names.
    findSub: (username, named) => findSub(username, userPoolId ?? named),
  });
}
