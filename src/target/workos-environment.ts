import { createHash } from 'node:crypto';

export type WorkosEnvironment = 'sandbox' | 'production' | 'unknown';

/** WorkOS's keys say which kind of environment they are of (docs/facts.md#workos-api-keys). */
export function keyToEnvironment(key: string): WorkosEnvironment {
  if (key.startsWith('sk_test_')) return 'sandbox';
  if (key.startsWith('sk_live_')) return 'production';
  return 'unknown';
}

/** Eight digits that tell keys apart: of a hash, so that they tell nothing of the key. */
export function fingerprintOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}
