/**
 * Seals a password for the consumer of cognito-workos-sync, which alone can open it: to be sent to Cognito as
 * ClientMetadata `workos_password` with the sign-in itself. Copy this file into the application; it needs
 * nothing but WebCrypto (browsers on HTTPS or localhost, Node 20 or later).
 *
 * The result is a JWE in compact form (RFC 7516), at most 4,096 characters: `RSA-OAEP-256` and `A256GCM`.
 */

const ALGORITHM = { name: 'RSA-OAEP', hash: 'SHA-256' };
/** The trigger carries no more (docs/passwords.md#limits). */
const MAXIMUM_SEAL = 4_096;
/** Cognito's limits (API reference, InitiateAuth: USERNAME and PASSWORD). */
const MAXIMUM_PASSWORD = 256;
const MAXIMUM_USERNAME = 128;
/** The content is filled up to a multiple of this many bytes: its length says nothing of the password's. */
const BLOCK = 512;

/**
 * @param publicKey the JWK that `npx cws password-key` prints, as an object.
 * @param input `username`: as the user typed it at this sign-in, and the `password`.
 * @returns the sealed password.
 * @throws TypeError for a key or an input that cannot be sealed; no message contains the password.
 */
export async function sealPassword(publicKey, input) {
  const kid = checkKey(publicKey);
  const { username, password } = checkInput(input);
  const { subtle } = globalThis.crypto ?? {};
  if (!subtle) {
    throw new TypeError('sealPassword: there is no WebCrypto here: serve the page over HTTPS');
  }
  const rsaKey = await importKey(subtle, publicKey);
  const header = base64url(utf8(JSON.stringify({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid })));
  const content = padded({ password, username, iat: Math.floor(Date.now() / 1000) });
  const contentKey = globalThis.crypto.getRandomValues(new Uint8Array(32));
  const iv = globalThis.crypto.getRandomValues(new Uint8Array(12));
  try {
    const aesKey = await subtle.importKey('raw', contentKey, 'AES-GCM', false, ['encrypt']);
    const parameters = { name: 'AES-GCM', iv, additionalData: utf8(header), tagLength: 128 };
    const sealed = new Uint8Array(await subtle.encrypt(parameters, aesKey, content));
    const encryptedKey = new Uint8Array(await subtle.encrypt(ALGORITHM, rsaKey, contentKey));
    const parts = [encryptedKey, iv, sealed.subarray(0, -16), sealed.subarray(-16)];
    const seal = [header, ...parts.map(base64url)].join('.');
    if (seal.length <= MAXIMUM_SEAL) return seal;
  } finally {
    contentKey.fill(0);
    content.fill(0);
  }
  throw new TypeError(`sealPassword: the result is longer than ${MAXIMUM_SEAL} characters`);
}

/** @returns the key's id. */
function checkKey(publicKey) {
  if (typeof publicKey !== 'object' || publicKey === null) {
    throw new TypeError('sealPassword: the public key has to be a JWK object: JSON.parse its text');
  }
  const { kty, n, e, kid, alg, d } = publicKey;
  if (kty !== 'RSA' || typeof n !== 'string' || typeof e !== 'string') {
    throw new TypeError('sealPassword: the public key has to be an RSA key, with kty, n and e');
  }
  if (d !== undefined) {
    throw new TypeError(
      'sealPassword: this is a private key, which has no place in an application',
    );
  }
  if (alg !== undefined && alg !== 'RSA-OAEP-256') {
    throw new TypeError('sealPassword: the public key is for another alg than RSA-OAEP-256');
  }
  if (typeof kid !== 'string' || kid === '' || kid.length > 128) {
    throw new TypeError(
      'sealPassword: the public key needs its kid, as cws password-key prints it',
    );
  }
  return kid;
}

function checkInput(input) {
  const { username, password } = input ?? {};
  checkText('username', username, MAXIMUM_USERNAME);
  checkText('password', password, MAXIMUM_PASSWORD);
  return { username, password };
}

function checkText(name, text, maximum) {
  if (typeof text !== 'string' || text === '') {
    throw new TypeError(`sealPassword: ${name} has to be a text that is not empty`);
  }
  if ([...text].length > maximum) {
    throw new TypeError(`sealPassword: ${name} has more than the ${maximum} characters of Cognito`);
  }
}

async function importKey(subtle, { kty, n, e }) {
  try {
    const key = await subtle.importKey('jwk', { kty, n, e }, ALGORITHM, false, ['encrypt']);
    if (key.algorithm.modulusLength >= 2_048) return key;
  } catch {
    // The reason differs from browser to browser, and says less than the message below.
  }
  throw new TypeError('sealPassword: n and e are no RSA key of 2048 bits or more');
}

/** JSON, filled up with a member `pad`, which the consumer ignores. */
function padded(payload) {
  const bare = utf8(JSON.stringify({ ...payload, pad: '' }));
  const missing = (BLOCK - (bare.length % BLOCK)) % BLOCK;
  bare.fill(0);
  return utf8(JSON.stringify({ ...payload, pad: ' '.repeat(missing) }));
}

function utf8(text) {
  return new TextEncoder().encode(text);
}

function base64url(bytes) {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
