import type { Mirror } from '../mirror/mirror.ts';
import type { LedgerMirror } from './ledger-mirror.ts';
import type { UsageReport } from './usage-report.ts';

/** For a process without a ledger: every observation is mirrored. */
export function withoutLedger(mirror: Mirror): LedgerMirror {
  return {
    prepare: async () => {},
    mirror: (user, signal, options) => mirror(user, signal, options?.password),
    noteRefusal: async () => {},
  };
}

/** Without a table no bulk run could read a report. */
export const NO_USAGE_REPORT: UsageReport = { sent() {}, report: async () => {} };
