import { randomBytes } from 'node:crypto';

/** Random, and with every kind of character that a password policy may require; it is not kept. */
export function unknownPassword(): string {
  return `Aa1!${randomBytes(45).toString('base64url')}`;
}
