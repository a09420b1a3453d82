import type { LastRun } from '../../src/ledger/last-run.ts';
import { sumOf } from '../../src/page/format.ts';
import type { Readiness } from '../../src/readiness/facts.ts';
import type { VerifyResult } from './output.ts';

/** What `cws status` shows of a verify; src/status/run-figures.ts reads it. */
export function verifyToFigures(
  { verdict, inSync, checked, workosUsers, skipped, crossedOver, mails, fixed }: VerifyResult,
  readiness: Readiness,
  { from }: { from?: string },
): LastRun['figures'] {
  const { missing, stale, conflicts, extra, accepted, agreeing, unreadable, kinds } = readiness;
  return {
    ...{ verdict, inSync, checked, workosUsers, agreeing, unreadable },
    missing: missing.count,
    stale: stale.count,
    conflicts: conflicts.count,
    extra: extra.count,
    accepted: accepted.count,
    skipped: sumOf(skipped),
    crossedOver: crossedOver.count,
    crossedOverDiffering: crossedOver.differing,
    people: sumOf(kinds),
    keepPassword: mails.kept,
    passwordUsers: mails.people,
    mailsDue: mails.mailed,
    fixed: fixed ?? 0,
    exported: from !== undefined,
  };
}
