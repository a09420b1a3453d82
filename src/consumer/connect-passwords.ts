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

function openOnDemand({ passwordKeyIds: keyIds, userPoolId }: PasswordConfig): OpenSeal {
  let loading: Promise<OpenSeal> | undefined;
  return async (seal, user) => {
    loading ??= import('../passwords/connect-open-seal.ts').then(({ connectOpenSeal }) =>
      connectOpenSeal({ keyIds, userPoolId }),
    );
    return (await loading)(seal, user);
  };
}
