import { RetryableError } from '../workos/users.ts';

/** The keys that open sealed passwords: KMS, which never gives a private key away. */
export type PasswordKeys = {
  /**
   * Opens the content key of a seal.
   *
   * @param keyId one of the configured keys, as it was configured.
   * @returns undefined where the key does not open it.
   * @throws PasswordKeyUnavailableError where that cannot be told now.
   */
  decrypt(keyId: string, encryptedKey: Uint8Array): Promise<Uint8Array | undefined>;
};

/**
 * KMS could not be asked: it is busy or down, the key is disabled, or the consumer may not use it. To be
 * retried. The message and the cause are safe to log.
 */
export class PasswordKeyUnavailableError extends RetryableError {
  override name = 'PasswordKeyUnavailableError';
}
