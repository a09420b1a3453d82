import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import {
  DecryptCommand,
  DescribeKeyCommand,
  type EncryptionAlgorithmSpec,
  KMSClient,
  ListAliasesCommand,
} from '@aws-sdk/client-kms';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { PasswordPublicKey } from '../../../client/seal-password.js';
import type { EmulatedAccount } from './account.ts';

/** The key that opens sealed passwords, seen from outside the stack. */
export type PasswordKeyAccess = {
  /**
   * Decrypts with the role of a function.
   *
   * @param name as in serverless.yml.
   * @returns `opened`, or the name of the error.
   */
  decryptAs(name: string, algorithm: EncryptionAlgorithmSpec): Promise<string>;
  state(): Promise<{ state: string | undefined; aliases: (string | undefined)[] }>;
};

const HASHES: Partial<Record<EncryptionAlgorithmSpec, string>> = {
  RSAES_OAEP_SHA_1: 'sha1',
  RSAES_OAEP_SHA_256: 'sha256',
};

export function connectPasswordKey(
  { clientConfig, clients, serverless }: EmulatedAccount,
  publicKey: PasswordPublicKey,
): PasswordKeyAccess {
  const KeyId = publicKey.kid;
  const own = new KMSClient(clientConfig);

  async function roleOf(name: string): Promise<KMSClient> {
    const FunctionName = serverless.functionName(name);
    const { Role } = await clients.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName }),
    );
    // The root user of the emulated account may assume every role, whatever the role says.
    const { Credentials } = await new STSClient(clientConfig).send(
      new AssumeRoleCommand({ RoleArn: Role, RoleSessionName: 'test' }),
    );
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    return new KMSClient({ ...clientConfig, credentials });
  }

  function encrypt(oaepHash: string | undefined): Buffer {
    const { kty, n, e } = publicKey;
    const key = createPublicKey({ key: { kty, n, e }, format: 'jwk' });
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    return publicEncrypt({ key, padding, ...(oaepHash && { oaepHash }) }, Buffer.alloc(32, 1));
  }

  return {
    async decryptAs(name, EncryptionAlgorithm) {
      const CiphertextBlob = encrypt(HASHES[EncryptionAlgorithm]);
      const role = await roleOf(name);
      return role.send(new DecryptCommand({ KeyId, CiphertextBlob, EncryptionAlgorithm })).then(
        () => 'opened',
        (error: Error) => error.name,
      );
    },
    async state() {
      const { KeyMetadata } = await own.send(new DescribeKeyCommand({ KeyId }));
      const { Aliases = [] } = await own.send(new ListAliasesCommand({ KeyId }));
      return { state: KeyMetadata?.KeyState, aliases: Aliases.map(({ AliasName }) => AliasName) };
    },
  };
}
