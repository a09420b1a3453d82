import { createPublicKey } from 'node:crypto';
import {
  GetPublicKeyCommand,
  type GetPublicKeyCommandOutput,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { type AwsFailure, classifyAwsError } from '../aws/classify-aws-error.ts';
import { OperatorError } from '../operator-error.ts';
import { toKid } from './key-id.ts';

/** The public half of a password key, as applications take it. */
export type PublishedKey = {
  keyArn: string;
  kid: string;
  /** As KMS calls it: `RSA_3072`. */
  keySpec: string;
  /** RFC 7517; `alg` as RFC 7518 has it. */
  jwk: { kty: 'RSA'; n: string; e: string; kid: string; alg: 'RSA-OAEP-256'; use: 'enc' };
  /** RFC 7468, with its last line break. */
  pem: string;
};

/**
 * Reads the public half of a key. Needs kms:GetPublicKey.
 *
 * @param keyId id, ARN or alias.
 * @throws OperatorError where there is none, or none that seals passwords.
 */
export async function readPublicKey(
  kms: Pick<KMSClient, 'send'>,
  keyId: string,
): Promise<PublishedKey> {
  const answer = await kms
    .send(new GetPublicKeyCommand({ KeyId: keyId }))
    .catch((error: unknown) => {
      throw new OperatorError(explain(classifyAwsError(error), keyId));
    });
  return publish(answer, keyId);
}

function publish(answer: GetPublicKeyCommandOutput, keyId: string): PublishedKey {
  const { KeyId: keyArn, KeySpec: keySpec, PublicKey: der, EncryptionAlgorithms = [] } = answer;
  if (!keyArn || !keySpec || !der || !EncryptionAlgorithms.includes('RSAES_OAEP_SHA_256')) {
    throw new OperatorError(
      `the key ${keyId} cannot seal passwords: it has to be an RSA key for encryption (RSAES_OAEP_SHA_256)`,
    );
  }
  const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  const kid = toKid(keyArn);
  return {
    keyArn,
    kid,
    keySpec,
    jwk: { kty: 'RSA', n, e, kid, alg: 'RSA-OAEP-256', use: 'enc' },
    pem: key.export({ format: 'pem', type: 'spki' }).toString(),
  };
}

function explain(failure: AwsFailure, keyId: string): string {
  switch (failure.kind) {
    case 'denied':
      return `the AWS credentials may not do this: allow kms:GetPublicKey on the key ${keyId}`;
    case 'setup':
      return failure.problem;
    case 'transient':
      return `KMS cannot be reached (${failure.what}): check the network and the region`;
    case 'refused':
      return failure.name === 'NotFoundException'
        ? `there is no key ${keyId} in this AWS account and region: check the id, the region and the credentials`
        : `the public key of ${keyId} cannot be had (${failure.name}): see in KMS that the key is enabled, and asymmetric`;
    default:
      return 'KMS gives no usable answer: try again';
  }
}
