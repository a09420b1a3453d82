import type { Mirror } from '../mirror/mirror.ts';
import type { LedgerMirror } from './ledger-mirror.ts';
import type { UsageReport } from './usage-report.ts';

/** The mirror of a process that has no ledger. */
export function withoutLedger(mirror: Mirror): LedgerMirror {
  return {
    prepare: async () => {},
    mirror: (user, signal) => mirror(user, signal),
    noteRefusal: async () => {},
  };
}

/** Where no bulk run could read it. */
export const NO_USAGE_REPORT: UsageReport = { sent() {}, report: async () => {} };
