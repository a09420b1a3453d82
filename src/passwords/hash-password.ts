import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { PlainPassword } from './plain-password.ts';

/** What WorkOS takes in place of a password (docs/facts.md#workos-passwords). */
export type PasswordHash = { passwordHash: string; passwordHashType: 'pbkdf2' };

/**
 * PBKDF2 with SHA-256, 600,000 times: the one type that WorkOS documents with its bounds and that every Node 24
 * makes by itself, in exactly the form of the guide's example. It is also OWASP's figure, and needs no memory, so
 * that a batch of ten fits into the function (docs/passwords.md#the-hash has the measurements).
 */
const DIGEST = 'sha256';
const ITERATIONS = 600_000;
const HASH_BYTES = 32;
const SALT_BYTES = 16;

const derive = promisify(pbkdf2);

/**
 * A password → its hash, as a PHC string with a new salt. The work is done outside the event loop. The password
 * is destroyed.
 */
export async function hashPassword(password: PlainPassword): Promise<PasswordHash> {
  const salt = randomBytes(SALT_BYTES);
  try {
    const hash = await derive(password.bytes, salt, ITERATIONS, HASH_BYTES, DIGEST);
    const parameters = `i=${ITERATIONS},d=${DIGEST}`;
    return {
      passwordHash: `$pbkdf2$${parameters}$${unpadded(salt)}$${unpadded(hash)}`,
      passwordHashType: 'pbkdf2',
    };
  } finally {
    password.destroy();
  }
}

/** Base64 without its `=`, as PHC strings have it. */
function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
