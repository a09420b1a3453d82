import type { Mirror } from '../mirror/mirror.ts';
import type { LedgerMirror } from './ledger-mirror.ts';

/** The mirror of a process that has no ledger. */
export function withoutLedger(mirror: Mirror): LedgerMirror {
  return {
    prepare: async () => {},
    mirror: (user, signal) => mirror(user, signal),
  };
}
