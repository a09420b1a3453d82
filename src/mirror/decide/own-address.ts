import { isSameAddress } from '../../user/address.ts';
import type { ObservedUser } from '../../user/observed-user.ts';
import type { WorkosUser } from '../../workos/users.ts';
import { conflict, emailChange, isEmpty, untilSignedIn } from './changes.ts';
import type { Decision } from './decision.ts';
import { isTaggedUnverified } from './holder.ts';
import type { MirrorRules } from './rules.ts';
import { countsAsVerified } from './trust.ts';

/** The conflicts about the address that need no question to Cognito. */
export function refuseAddress(
  user: ObservedUser,
  own: WorkosUser,
  rules: MirrorRules,
): Decision | undefined {
  if (mayBeSomebodyElses(user, own, rules)) {
    return conflict('unverified_email', own, 'own_proved_in_workos_alone');
  }
  if (movesUnproved(user, own, rules)) {
    return conflict('unverified_email', own, 'own_moves_to_unverified');
  }
  return undefined;
}

/**
 * Whether the WorkOS user would be moved to an address that does not count as verified. Its password may be
 * from before the move, and would then open the account of the address's owner.
 */
function movesUnproved(user: ObservedUser, own: WorkosUser, rules: MirrorRules): boolean {
  const { email } = untilSignedIn(own, emailChange(user, own));
  return email !== undefined && !countsAsVerified(user, rules);
}

/**
 * Whether an update would rest on the observed address: it moves the WorkOS user there, marks it as verified
 * or removes the tag `unverified`. An old message may name an address that the profile has given up since,
 * and that another user has now: that one could sign in as this user.
 */
export function restsOnEmail(user: ObservedUser, own: WorkosUser, rules: MirrorRules): boolean {
  if (!isEmpty(untilSignedIn(own, emailChange(user, own)))) return true;
  return (
    isTaggedUnverified(own) && isSameAddress(user.email, own.email) && countsAsVerified(user, rules)
  );
}

/**
 * WorkOS has verified the address of this user, and Cognito never did for this profile: the person who
 * proved the address in WorkOS need not be the one who registered it in Cognito.
 */
function mayBeSomebodyElses(user: ObservedUser, own: WorkosUser, rules: MirrorRules): boolean {
  if (!own.emailVerified || !isTaggedUnverified(own)) return false;
  const isConfirmed = user.emailVerified || countsAsVerified(user, rules);
  return !(isConfirmed && isSameAddress(user.email, own.email));
}
