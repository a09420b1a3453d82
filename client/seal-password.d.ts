/** An RSA public key as `npx cws password-key` prints it. */
export type PasswordPublicKey = {
  kty: string;
  n: string;
  e: string;
  /** The id of the KMS key. */
  kid: string;
  /** `RSA-OAEP-256`, where it is given. */
  alg?: string;
  /** Not looked at. */
  use?: string;
};

export type PasswordToSeal = {
  /** As the user typed it at this sign-in. */
  username: string;
  password: string;
};

/**
 * Seals a password for the consumer of cognito-workos-sync: a compact JWE of at most 4,096 characters, to be
 * sent as ClientMetadata `workos_password` (docs/passwords.md).
 *
 * @throws TypeError (the promise is rejected) for a key or an input that cannot be sealed; no message contains
 *   the password.
 */
export function sealPassword(publicKey: PasswordPublicKey, input: PasswordToSeal): Promise<string>;
