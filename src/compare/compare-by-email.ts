import { changesToDifference } from '../mirror/changes-to-difference.ts';
import { decide } from '../mirror/decide/decide.ts';
import type { Decision } from '../mirror/decide/decision.ts';
import { isLinkedTo } from '../mirror/decide/metadata.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { WorkosUser } from '../workos/users.ts';
import type { ComparisonSetting } from './both-sides.ts';
import { confirmFromListing } from './confirmation.ts';
import { toMissing } from './to-missing.ts';
import type { ComparisonVerdict } from './verdict.ts';

/** A Cognito user and the WorkOS user with its address, which carries another external id or none. */
export function compareByEmail(
  user: ObservedUser,
  other: WorkosUser,
  setting: ComparisonSetting,
): ComparisonVerdict {
  const confirmation = confirmFromListing(user, other, setting);
  const decision: Decision = decide(user, { byEmail: other }, setting.rules, { confirmation });
  switch (decision.kind) {
    case 'conflict': {
      const { reason } = decision;
      const isGone = reason === 'address_passed_on' && !confirmation.holder;
      const isSamePerson = isGone && isLinkedTo(other, user.sub);
      return { kind: 'conflict', reason: isSamePerson ? 'primary_gone' : reason, of: other };
    }
    case 'update': {
      const takesOver = decision.changes.externalId !== undefined;
      const difference = changesToDifference(decision.changes, other);
      return { kind: 'stale', of: other, difference, takesOver, stampedLater: false };
    }
    case 'unchanged':
      return { kind: 'inSync', of: other };
    case 'stale':
      return { kind: 'newerInWorkos', of: other };
    default:
      // The holder of the address can be moved on, and then there is room.
      return toMissing(user, setting.rules);
  }
}
