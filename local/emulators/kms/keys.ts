import { generateKeyPair, type KeyObject, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { KmsError } from './types.ts';

export type KeySpec = 'RSA_2048' | 'RSA_3072' | 'RSA_4096';

/** `usage` ENCRYPT_DECRYPT and `spec` RSA_3072 unless given; `alias` without `alias/`. */
export type KeyOptions = {
  spec?: KeySpec;
  usage?: 'ENCRYPT_DECRYPT' | 'SIGN_VERIFY';
  alias?: string;
};

export type EmulatedKey = {
  id: string;
  arn: string;
  spec: KeySpec;
  usage: 'ENCRYPT_DECRYPT' | 'SIGN_VERIFY';
  /** To be set by tests (developer guide, "Key states of AWS KMS keys"). */
  state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  publicKey: KeyObject;
  privateKey: KeyObject;
};

/** The keys of one account and region. */
export function createKeyStore({ region, account }: { region: string; account: string }) {
  const prefix = `arn:aws:kms:${region}:${account}:`;
  const byName = new Map<string, EmulatedKey>();

  return {
    async create(options: KeyOptions = {}): Promise<EmulatedKey> {
      const { spec = 'RSA_3072', usage = 'ENCRYPT_DECRYPT', alias } = options;
      const modulusLength = Number(spec.slice(4));
      const pair = await promisify(generateKeyPair)('rsa', { modulusLength });
      const id = randomUUID();
      const key: EmulatedKey = {
        id,
        arn: `${prefix}key/${id}`,
        spec,
        usage,
        state: 'Enabled',
        ...pair,
      };
      byName.set(id, key);
      byName.set(key.arn, key);
      if (alias !== undefined) {
        byName.set(`alias/${alias}`, key);
        byName.set(`${prefix}alias/${alias}`, key);
      }
      return key;
    },

    /** By id, ARN, alias name or alias ARN, as every action takes them. */
    find(keyId: unknown): EmulatedKey {
      if (typeof keyId !== 'string' || keyId === '') throw new KmsError('ValidationException');
      const key = byName.get(keyId);
      if (key) return key;
      throw new KmsError('NotFoundException');
    },
  };
}
