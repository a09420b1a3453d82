import type { ComparisonVerdict } from '../compare/verdict.ts';
import type { ConflictReason } from '../mirror/decide/conflicts.ts';
import type { ObservedUser } from '../user/observed-user.ts';

export type Claim = 'takes' | 'joins' | 'waits';

/** The profile has the WorkOS user's address, and the one that holds it is gone or cannot move. */
const WAITING = new Set<ConflictReason>(['address_passed_on', 'primary_gone']);

/** What a profile has to do with a WorkOS user that carries another sub. */
export function claimOf({ sub }: ObservedUser, verdict: ComparisonVerdict): Claim | undefined {
  if (!('of' in verdict) || !verdict.of || verdict.of.externalId === sub) return undefined;
  if (verdict.kind === 'inSync') return 'joins';
  if (verdict.kind === 'stale') return verdict.takesOver ? 'takes' : 'joins';
  const waits = verdict.kind === 'conflict' && WAITING.has(verdict.reason);
  return waits ? 'waits' : undefined;
}
