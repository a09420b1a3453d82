import { constants, privateDecrypt } from 'node:crypto';
import type { EmulatedKey } from './keys.ts';
import { KmsError } from './types.ts';

type Input = Record<string, unknown>;

const ALGORITHMS: Record<string, string> = {
  RSAES_OAEP_SHA_1: 'sha1',
  RSAES_OAEP_SHA_256: 'sha256',
};
/** Decrypt, Request Parameters: CiphertextBlob. */
const MAXIMUM_CIPHERTEXT = 6_144;

/** By name; each one as its page of the API reference has it. */
export function createKmsActions(
  find: (keyId: unknown) => EmulatedKey,
): Record<string, (input: Input) => object> {
  return {
    Decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm = 'SYMMETRIC_DEFAULT' }) {
      const ciphertext = decode(CiphertextBlob);
      const key = usable(find(KeyId));
      const oaepHash = ALGORITHMS[String(EncryptionAlgorithm)];
      if (key.usage !== 'ENCRYPT_DECRYPT' || oaepHash === undefined) {
        throw new KmsError('InvalidKeyUsageException');
      }
      const plaintext = decrypt(key, ciphertext, oaepHash);
      return { KeyId: key.arn, Plaintext: plaintext.toString('base64'), EncryptionAlgorithm };
    },

    GetPublicKey({ KeyId }) {
      const key = usable(find(KeyId));
      const der = key.publicKey.export({ type: 'spki', format: 'der' });
      return { KeyId: key.arn, PublicKey: der.toString('base64'), ...description(key) };
    },

    DescribeKey({ KeyId }) {
      const key = find(KeyId);
      const KeyMetadata = {
        KeyId: key.id,
        Arn: key.arn,
        Enabled: key.state === 'Enabled',
        KeyState: key.state,
        ...description(key),
      };
      return { KeyMetadata };
    },
  };
}

function usable(key: EmulatedKey): EmulatedKey {
  if (key.state === 'Disabled') throw new KmsError('DisabledException');
  if (key.state === 'PendingDeletion') throw new KmsError('KMSInvalidStateException');
  return key;
}

function decode(blob: unknown): Buffer {
  const ciphertext = Buffer.from(typeof blob === 'string' ? blob : '', 'base64');
  const fits = ciphertext.length > 0 && ciphertext.length <= MAXIMUM_CIPHERTEXT;
  if (!fits) throw new KmsError('ValidationException');
  return ciphertext;
}

function decrypt({ privateKey }: EmulatedKey, ciphertext: Buffer, oaepHash: string): Buffer {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  try {
    return privateDecrypt({ key: privateKey, padding, oaepHash }, ciphertext);
  } catch {
    throw new KmsError('InvalidCiphertextException');
  }
}

function description({ spec, usage }: EmulatedKey) {
  const algorithms =
    usage === 'ENCRYPT_DECRYPT'
      ? { EncryptionAlgorithms: Object.keys(ALGORITHMS) }
      : { SigningAlgorithms: ['RSASSA_PSS_SHA_256'] };
  return { KeySpec: spec, CustomerMasterKeySpec: spec, KeyUsage: usage, ...algorithms };
}
