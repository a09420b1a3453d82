import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { type AwsFailure, classifyAwsError } from '../aws/classify-aws-error.ts';
import { summarizeError } from '../telemetry/summarize-error.ts';
import { type PasswordKeys, PasswordKeyUnavailableError } from './password-keys.ts';

/** Milliseconds. The call is small and stays in the region; one that hangs must leave the batch its time. */
const KMS_REQUEST = {
  connectionTimeout: 1_000,
  requestTimeout: 2_000,
  throwOnRequestTimeout: true,
};

/** KMS API reference, Decrypt, Errors, and Common Errors: about what was sent, not about the key. */
const NOT_OPENED = new Set([
  'InvalidCiphertextException',
  'IncorrectKeyException',
  'ValidationException',
]);

/** KMS in the function's own region. Needs kms:Decrypt. */
export function connectKmsKeys(): PasswordKeys {
  return createKmsKeys(new KMSClient({ requestHandler: KMS_REQUEST, maxAttempts: 2 }));
}

/** @param kms the client, as narrow as it is used. */
export function createKmsKeys(kms: Pick<KMSClient, 'send'>): PasswordKeys {
  return {
    async decrypt(keyId, encryptedKey) {
      const command = new DecryptCommand({
        KeyId: keyId,
        CiphertextBlob: encryptedKey,
        EncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
      });
      try {
        const { Plaintext } = await kms.send(command);
        if (Plaintext) return Plaintext;
      } catch (error) {
        const failure = classifyAwsError(error);
        if (failure.kind === 'refused' && NOT_OPENED.has(failure.name)) return undefined;
        // The SDK's error holds the answer as it came, and the answer may hold a key.
        const cause = summarizeError(error);
        throw new PasswordKeyUnavailableError(explain(failure, keyId), { cause });
      }
      throw new PasswordKeyUnavailableError('KMS gave an answer without a content key');
    },
  };
}

function explain(failure: AwsFailure, keyId: string): string {
  switch (failure.kind) {
    case 'denied':
      return `the password key cannot be used: allow kms:Decrypt with RSAES_OAEP_SHA_256 on the key ${keyId} to the consumer's role`;
    case 'setup':
      return `the password key cannot be used: ${failure.problem}`;
    case 'transient':
      return `KMS cannot be asked now (${failure.what})`;
    case 'refused':
    case 'not_found':
    case 'invalid_parameter':
    case 'condition_failed':
    case 'concurrent_change':
    case 'unsupported':
      return `the password key ${keyId} cannot be used (${failure.name}): see in KMS that it exists, is enabled, and is an RSA key for encryption`;
    case 'unknown':
      return 'KMS cannot be asked now';
  }
}
