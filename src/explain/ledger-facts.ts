import type { LedgerEntry } from '../ledger/ledger.ts';
import { rulesToHash } from '../ledger/state-hash.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import type { LedgerFacts } from './explanation.ts';

/** An entry of the ledger → what is shown of it; the hashes tell nothing to a person. */
export function entryToFacts(entry: LedgerEntry, rules: MirrorRules): LedgerFacts {
  const { observedAt, workosUserId, isSecondary, passwordAt, state } = entry;
  return {
    observedAt,
    ...(workosUserId !== undefined && { workosUserId }),
    isSecondary,
    ...(passwordAt !== undefined && { passwordAt }),
    ...(state && {
      outcome: state.outcome,
      ...(state.reason !== undefined && { reason: state.reason }),
      settledAt: state.settledAt,
      sameSettings: state.rules === rulesToHash(rules),
    }),
  };
}
