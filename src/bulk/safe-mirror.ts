import { isSameState, type Reread } from '../cognito/reread.ts';
import { decide } from '../mirror/decide/decide.ts';
import { skipReason } from '../mirror/decide/decision.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import type { Mirror } from '../mirror/mirror.ts';
import type { Outcome } from '../mirror/outcome.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { BulkResult } from './bulk-result.ts';
import type { WorkosIndex } from './workos-index.ts';

/** A user that changes faster than this is left to its own events. */
const MAXIMUM_ROUNDS = 3;

/**
 * The mirror for bulk runs beside live events. A live event may write between a look at WorkOS and the
 * write, and be undone by it. So Cognito is asked after each change whether it was still true, and if
 * not, the new state is mirrored.
 *
 * @throws what the mirror throws.
 */
type SafeMirror = (user: ObservedUser, signal: AbortSignal) => Promise<BulkResult>;

export function createSafeMirror(dependencies: {
  mirror: Mirror;
  reread: Reread;
  index: WorkosIndex;
  rules: MirrorRules;
  /** Told what an operator has to do. Safe to print. */
  onNotice?: ((notice: string) => void) | undefined;
}): SafeMirror {
  const { mirror, reread, onNotice } = dependencies;
  return async (user, signal) => {
    let current = wouldWrite(user, dependencies) ? await reread(user) : user;
    let result: BulkResult = { sub: user.sub, outcome: 'skipped', reason: 'deleted' };
    for (let round = 1; current && round <= MAXIMUM_ROUNDS; round++) {
      const outcome = await mirror(current, signal);
      if ('leftoverFactors' in outcome) onNotice?.(toNotice(outcome));
      // What was changed stays changed, though a later round finds nothing to do.
      if (round === 1 || outcome.outcome !== 'unchanged') result = toResult(user.sub, outcome);
      if (outcome.outcome !== 'updated' && outcome.outcome !== 'linked') break;
      const now = await reread(current);
      if (now && isSameState(now, current)) break;
      current = now;
    }
    return result;
  };
}

/** New users are made without a question: nothing can be undone by it. */
function wouldWrite(
  user: ObservedUser,
  { index, rules }: { index: WorkosIndex; rules: MirrorRules },
): boolean {
  if (skipReason(user) !== undefined || user.email === undefined) return false;
  const byExternalId = index.byExternalId(user.sub);
  const byEmail = index.byEmail(user.email);
  const found = { ...(byExternalId && { byExternalId }), ...(byEmail && { byEmail }) };
  const { kind } = decide(user, found, rules);
  return kind === 'update' || kind === 'recheck';
}

type Linked = { workosUserId: string; leftoverFactors?: string[] };

function toNotice({ workosUserId, leftoverFactors = [] }: Linked): string {
  return `${workosUserId} may have been registered by a stranger, and has a second factor (${leftoverFactors.join(', ')}): remove it in WorkOS`;
}

function toResult(sub: string, outcome: Outcome): BulkResult {
  switch (outcome.outcome) {
    case 'rejected':
      return { sub, outcome: 'failed', reason: outcome.reason };
    case 'skipped':
    case 'conflict':
      return { sub, ...outcome };
    case 'stale':
      return { sub, ...outcome };
    default: {
      const { workosUserId, leftoverFactors } = outcome;
      const reason = leftoverFactors && `leftover_factors: ${leftoverFactors.join(', ')}`;
      return { sub, outcome: outcome.outcome, workosUserId, ...(reason && { reason }) };
    }
  }
}
