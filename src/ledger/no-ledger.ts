import type { Mirror } from '../mirror/mirror.ts';
import type { SettleGone } from '../mirror/settle-gone.ts';
import type { LedgerMirror } from './ledger-mirror.ts';
import type { UsageReport } from './usage-report.ts';

/** Disabled users that this process remembers to have looked up. */
const MAXIMUM_REMEMBERED = 10_000;

/** For a process without a ledger: every observation is mirrored. */
export function withoutLedger(mirror: Mirror, settleGone: SettleGone): LedgerMirror {
  const bans = new Set<string>();
  return {
    // Without a ledger, a newer password may have been carried.
    isOwed: () => false,
    prepare: async () => {},
    async mirror(user, signal, options) {
      const outcome = await mirror(user, signal, options?.password);
      if (user.enabled) bans.delete(user.sub);
      const isRepeated = user.enabled === false && bans.has(user.sub);
      return isRepeated ? { ...outcome, isRepeated } : outcome;
    },
    noteRefusal: async () => {},
    settleGone,
    async noteBan(sub) {
      if (bans.size >= MAXIMUM_REMEMBERED) bans.clear();
      bans.add(sub);
    },
  };
}

/** Without a table no bulk run could read a report. */
export const NO_USAGE_REPORT: UsageReport = { sent() {}, report: async () => {} };
