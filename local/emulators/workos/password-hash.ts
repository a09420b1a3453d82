import { argon2Sync, createHash, pbkdf2Sync, scryptSync } from 'node:crypto';
import type { PasswordHashType } from './api-types.ts';
import { numberIn, type PhcString, parsePhc } from './phc.ts';

/** Whether a plain password is the one that was hashed. */
type Matcher = (password: string) => boolean;

/** https://workos.com/docs/migrate/other-services, pbkdf2: iterations allowed for each digest. */
const PBKDF2_ITERATIONS: Record<string, { min: number; max: number }> = {
  sha256: { min: 600_000, max: 1_000_000 },
  sha512: { min: 210_000, max: 1_000_000 },
};

/**
 * Whether WorkOS takes the text for a hash of that type
 * (https://workos.com/docs/migrate/other-services, "Importing passwords").
 */
export function isPasswordHash(type: PasswordHashType, text: string): boolean {
  switch (type) {
    case 'pbkdf2':
    case 'scrypt':
    case 'argon2':
    case 'ssha':
      return passwordMatcher(type, text) !== undefined;
    case 'bcrypt':
      return /^\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}$/.test(text);
    case 'firebase-scrypt':
      return text.startsWith('$firebase-scrypt$');
  }
}

/** Undefined for what is no hash of that type, and for types that node:crypto alone cannot check. */
export function passwordMatcher(type: PasswordHashType, text: string): Matcher | undefined {
  if (type === 'ssha') return sshaMatcher(text);
  const phc = parsePhc(text);
  if (!phc) return undefined;
  if (type === 'argon2') return argon2Matcher(phc);
  if (phc.id !== type) return undefined;
  if (type === 'pbkdf2') return pbkdf2Matcher(phc);
  if (type === 'scrypt') return scryptMatcher(phc);
  return undefined;
}

/** The salt comes after the 20 bytes of SHA-1. */
function sshaMatcher(text: string): Matcher | undefined {
  const base64 = /^\{SSHA\}([A-Za-z0-9+/]{28,}={0,2})$/.exec(text)?.[1];
  if (base64 === undefined) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  const [hash, salt] = [bytes.subarray(0, 20), bytes.subarray(20)];
  return (password) => createHash('sha1').update(password).update(salt).digest().equals(hash);
}

function pbkdf2Matcher(phc: PhcString): Matcher | undefined {
  const { salt, hash, parameters } = phc;
  const digest = parameters.get('d') ?? '';
  const iterations = numberIn(phc, 'i');
  const allowed = PBKDF2_ITERATIONS[digest];
  if (!allowed || !isWithin(iterations, allowed.min, allowed.max)) return undefined;
  return (password) => pbkdf2Sync(password, salt, iterations, hash.length, digest).equals(hash);
}

/** The guide gives no limits for scrypt; `n` is a power of two by definition (RFC 7914). */
function scryptMatcher(phc: PhcString): Matcher | undefined {
  const { salt, hash } = phc;
  const [n, r, p] = [numberIn(phc, 'n'), numberIn(phc, 'r'), numberIn(phc, 'p')];
  if (!Number.isInteger(Math.log2(n)) || n < 2 || !(r >= 1) || !(p >= 1)) return undefined;
  if (numberIn(phc, 'kl') !== hash.length) return undefined;
  // Twice what RFC 7914 needs: Node's own limit is 32 MiB.
  const options = { N: n, r, p, maxmem: 256 * n * r };
  return (password) => scryptSync(password, salt, hash.length, options).equals(hash);
}

/** The guide, argon2: version and bounds. */
function argon2Matcher(phc: PhcString): Matcher | undefined {
  const { id, salt, hash } = phc;
  const [memory, passes, parallelism] = [
    numberIn(phc, 'm'),
    numberIn(phc, 't'),
    numberIn(phc, 'p'),
  ];
  if ((id !== 'argon2id' && id !== 'argon2i' && id !== 'argon2d') || phc.version !== '19') {
    return undefined;
  }
  const isAllowed =
    isWithin(memory, 4_096, 262_144) &&
    isWithin(passes, id === 'argon2i' ? 3 : 1, 5) &&
    isWithin(parallelism, 1, 8);
  if (!isAllowed) return undefined;
  const options = { nonce: salt, memory, passes, parallelism, tagLength: hash.length };
  return (password) => argon2Sync(id, { ...options, message: password }).equals(hash);
}

/** False for NaN. */
function isWithin(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}
