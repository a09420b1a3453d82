import * as v from 'valibot';
import { MAXIMUM_SEAL_LENGTH } from '../user/sealed-password.ts';
import { type UnusableSeal, unusable } from './opened-seal.ts';

/** A compact JWE (RFC 7516, 7.1), decoded and not yet opened. */
export type ParsedSeal = {
  kind: 'parsed';
  kid: string;
  /** As it stands in the seal: what AES-GCM authenticates beside the content (RFC 7516, 5.1). */
  protectedHeader: string;
  encryptedKey: Uint8Array;
  iv: Uint8Array;
  ciphertext: Uint8Array;
  tag: Uint8Array;
};

/**
 * `zip` would let a short seal unfold without end, and `crit` names extensions that a reader must understand
 * (RFC 7516, 4.1.3 and 4.1.13): neither is taken. Other members mean nothing here.
 */
const headerSchema = v.looseObject({
  alg: v.literal('RSA-OAEP-256'),
  enc: v.literal('A256GCM'),
  kid: v.pipe(v.string(), v.nonEmpty(), v.maxLength(256)),
  zip: v.optional(v.never()),
  crit: v.optional(v.never()),
});

/** RSA of 2048, 3072 and 4096 bits: the sizes that KMS has. */
const ENCRYPTED_KEY_BYTES = new Set([256, 384, 512]);
/** RFC 7518, 5.3. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Everything about a seal that can be told without its key. */
export function parseSeal(seal: string): ParsedSeal | UnusableSeal {
  if (seal.length > MAXIMUM_SEAL_LENGTH) return unusable('too_long');
  const parts = seal.split('.');
  const [protectedHeader = ''] = parts;
  const [header, encryptedKey, iv, ciphertext, tag] = parts.map(decode);
  if (parts.length !== 5 || !header || !encryptedKey || !iv || !ciphertext || !tag) {
    return unusable('malformed');
  }
  const parsed = v.safeParse(headerSchema, parseJson(header));
  const fits =
    ENCRYPTED_KEY_BYTES.has(encryptedKey.length) &&
    iv.length === IV_BYTES &&
    tag.length === TAG_BYTES &&
    ciphertext.length > 0;
  if (!parsed.success || !fits) return unusable('malformed');
  const { kid } = parsed.output;
  return { kind: 'parsed', kid, protectedHeader, encryptedKey, iv, ciphertext, tag };
}

/** Base64url without padding, in the one way that these bytes are written; anything else is undefined. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return text !== '' && bytes.toString('base64url') === text ? bytes : undefined;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
