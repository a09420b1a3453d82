import { isSameAddress } from '../../user/address.ts';
import type { ObservedUser } from '../../user/observed-user.ts';
import type { WorkosUser } from '../../workos/users.ts';
import { conflict } from './changes.ts';
import type { Confirmation, Decision } from './decision.ts';
import { canMoveOn, isOurs, isTaggedUnverified } from './holder.ts';
import type { MirrorRules } from './rules.ts';
import { holdsAddress } from './trust.ts';

/**
 * Decides when WorkOS refuses to move a profile's own WorkOS user to a new address, because another WorkOS
 * user has it. A holder that has another verified address now is moved there first; one that never proved the
 * address, and that a person has proved in WorkOS since, is not.
 *
 * @param blocker the WorkOS user that has the address.
 * @param confirmation absent the first time.
 */
export function decideOnTaken(
  user: ObservedUser,
  own: WorkosUser,
  blocker: WorkosUser,
  rules: MirrorRules,
  confirmation: Confirmation | undefined,
): Decision {
  const { externalId: holderSub } = blocker;
  const isUnproved = isTaggedUnverified(blocker);
  if (holderSub === undefined || !isOurs(blocker, user)) {
    return conflict('email_taken', blocker, 'taken_by_foreign_user');
  }
  if (isUnproved && blocker.emailVerified) {
    return conflict('email_taken', blocker, 'taken_and_proved_in_workos');
  }
  if (!confirmation) return { kind: 'recheck', holderSub };
  const { user: now, holder } = confirmation;
  if (!holdsAddress(now, user.email ?? '', rules)) {
    return { kind: 'stale', workosUserId: own.id, by: 'address_given_up' };
  }
  if (holder && isSameAddress(holder.email, blocker.email)) {
    return conflict('email_taken', blocker, 'taken_by_its_holder');
  }
  if (canMoveOn(holder, blocker, rules, confirmation)) {
    return { kind: 'move_holder_first', holder, by: 'taken_holder_moves_on_first' };
  }
  const reason = isUnproved ? 'email_taken' : 'address_passed_on';
  return conflict(reason, blocker, 'taken_holder_cannot_move_on');
}
