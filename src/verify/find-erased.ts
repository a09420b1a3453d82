import type { BulkLedger } from '../ledger/bulk-ledger.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import type { Comparison } from './comparison.ts';

/**
 * Turns missing users whom the ledger knows to have had a WorkOS user into conflicts: they were deleted in
 * WorkOS, and the mirror does not create them again unless the rules say so.
 */
export async function findErased({
  comparison,
  ledger,
  rules,
}: {
  comparison: Comparison;
  ledger: BulkLedger;
  rules: MirrorRules;
}): Promise<void> {
  if (rules.recreate) return;
  for (const users of comparison.findings.missingPages()) {
    await ledger.prepare(users.map(({ sub }) => sub));
    for (const user of users) {
      const id = ledger.memory.recall(user.sub)?.workosUserId;
      if (id === undefined || comparison.index.byId(id)) continue;
      const verdict = { kind: 'conflict', reason: 'deleted_in_workos', of: { id } } as const;
      comparison.note(user, verdict);
    }
  }
}
