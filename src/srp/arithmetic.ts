import { createHash, createHmac, getDiffieHellman, hkdfSync, randomBytes } from 'node:crypto';

/*
 * SRP-6a as Cognito uses it. AWS does not publish the details; this follows amazon-cognito-identity-js
 * (AuthenticationHelper.js): the 3072-bit group of RFC 3526 with the generator 2, SHA-256, and a key of 16 bytes.
 */

const N = toInteger(getDiffieHellman('modp15').getPrime('hex'));
const G = 2n;
const K = hashInteger(padded(N), padded(G));
const KEY_INFO = 'Caldera Derived Key';
const KEY_BYTES = 16;

/** What both ends know of an exchange, all in hex. */
export type SrpExchange = { srpA: string; srpB: string; salt: string };

/** `userPool`: the pool's id without its region. `userId`: USER_ID_FOR_SRP. */
export type SrpUser = { userPool: string; userId: string; password: string };

/** A new secret exponent. */
export function secretExponent(): bigint {
  return toInteger(randomBytes(32).toString('hex'));
}

/** The public value of the one who signs in: SRP_A. */
export function clientPublicValue(secret: bigint): string {
  return power(G, secret).toString(16);
}

/** The public value of the server: SRP_B. */
export function serverPublicValue(secret: bigint, user: SrpUser, salt: string): string {
  return ((K * verifier(user, salt) + power(G, secret)) % N).toString(16);
}

/** The key, as the one who knows the password gets it. */
export function clientKey(secret: bigint, user: SrpUser, exchange: SrpExchange): Buffer {
  const x = privateKey(user, exchange.salt);
  const u = scrambling(exchange);
  const base = (((toInteger(exchange.srpB) - K * power(G, x)) % N) + N) % N;
  return derivedKey(power(base, secret + u * x), u);
}

/** The same key, as the one who knows the verifier gets it. */
export function serverKey(secret: bigint, user: SrpUser, exchange: SrpExchange): Buffer {
  const u = scrambling(exchange);
  const base = toInteger(exchange.srpA) * power(verifier(user, exchange.salt), u);
  return derivedKey(power(base % N, secret), u);
}

/** Whether a public value is one: RFC 5054, section 2.5.4, a multiple of N would open every account. */
export function isPublicValue(hex: unknown): hex is string {
  return typeof hex === 'string' && /^[\da-f]+$/i.test(hex) && toInteger(hex) % N !== 0n;
}

/** PASSWORD_CLAIM_SIGNATURE, in base64. `timestamp` as Cognito wants it: `Tue Sep 25 00:09:40 UTC 2018`. */
export function claimSignature(
  key: Buffer,
  { userPool, userId }: Pick<SrpUser, 'userPool' | 'userId'>,
  { secretBlock, timestamp }: { secretBlock: string; timestamp: string },
): string {
  return createHmac('sha256', key)
    .update(userPool)
    .update(userId)
    .update(Buffer.from(secretBlock, 'base64'))
    .update(timestamp)
    .digest('base64');
}

function verifier(user: SrpUser, salt: string): bigint {
  return power(G, privateKey(user, salt));
}

function privateKey({ userPool, userId, password }: SrpUser, salt: string): bigint {
  const credentials = createHash('sha256').update(`${userPool}${userId}:${password}`).digest();
  return hashInteger(padded(toInteger(salt)), credentials);
}

function scrambling({ srpA, srpB }: SrpExchange): bigint {
  return hashInteger(padded(toInteger(srpA)), padded(toInteger(srpB)));
}

function derivedKey(secret: bigint, u: bigint): Buffer {
  return Buffer.from(hkdfSync('sha256', padded(secret), padded(u), KEY_INFO, KEY_BYTES));
}

function hashInteger(...parts: Buffer[]): bigint {
  return toInteger(createHash('sha256').update(Buffer.concat(parts)).digest('hex'));
}

/** As a positive number in two's complement: a zero byte first where the highest bit is set. */
function padded(value: bigint): Buffer {
  const hex = value.toString(16);
  const even = hex.length % 2 === 1 ? `0${hex}` : hex;
  return Buffer.from(/^[89a-f]/i.test(even) ? `00${even}` : even, 'hex');
}

function toInteger(hex: string): bigint {
  return BigInt(`0x${hex}`);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = base % N;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % N;
    factor = (factor * factor) % N;
  }
  return result;
}
