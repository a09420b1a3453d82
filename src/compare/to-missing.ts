import { changesToDifference } from '../mirror/changes-to-difference.ts';
import { decide } from '../mirror/decide/decide.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import { NO_DIFFERENCE } from '../mirror/field-difference.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { ComparisonVerdict } from './verdict.ts';

/** A Cognito user that WorkOS does not have, with what the mirror would create. */
export function toMissing(
  user: ObservedUser,
  rules: MirrorRules,
): Extract<ComparisonVerdict, { kind: 'missing' }> {
  const decision = decide(user, {}, rules);
  const difference =
    decision.kind === 'create' ? changesToDifference(decision.user) : NO_DIFFERENCE;
  return { kind: 'missing', difference };
}
