import { changesToDifference } from '../mirror/changes-to-difference.ts';
import { emailChange, isEmpty, presentNames } from '../mirror/decide/changes.ts';
import { decide } from '../mirror/decide/decide.ts';
import type { Confirmation, KnownProfiles } from '../mirror/decide/decision.ts';
import { hasCrossedOver } from '../mirror/decide/holder.ts';
import { metadataToTags } from '../mirror/decide/metadata.ts';
import { decideOnTaken } from '../mirror/decide/taken-address.ts';
import { isSameAddress } from '../user/address.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { WorkosUser } from '../workos/users.ts';
import type { BothSides, ComparisonSetting } from './both-sides.ts';
import { confirmFromListing } from './confirmation.ts';
import type { ComparisonVerdict } from './verdict.ts';

/**
 * @property byEmail the WorkOS user with the address of the Cognito user.
 * @property stampedLater whether `own` was synced after the observation.
 */
type OwnUser = { own: WorkosUser; byEmail: WorkosUser | undefined; stampedLater: boolean };

/** A Cognito user and the WorkOS user with its sub. */
export function compareOwn(
  user: ObservedUser,
  { own, byEmail, stampedLater }: OwnUser,
  setting: ComparisonSetting,
): ComparisonVerdict {
  const { rules } = setting;
  const links = linkedProfiles(own, setting);
  const found = { byExternalId: own };
  const confirmation: Confirmation = { user, asOf: setting.isLive ? 'now' : 'export' };
  const decision = decide(user, found, rules, { linked: links.linked, confirmation });
  if (decision.kind === 'conflict') {
    return { kind: 'conflict', reason: decision.reason, of: own };
  }
  if (decision.kind !== 'update') return compareAddress(user, own);
  const { changes } = decision;
  if (links.onlyGone && decide(user, found, rules, { confirmation }).kind === 'unchanged') {
    const verdict = compareAddress(user, own);
    return verdict.kind === 'inSync' ? { ...verdict, isUntidy: true } : verdict;
  }
  // WorkOS would refuse it: emails are unique.
  if (changes.email !== undefined && byEmail && byEmail.id !== own.id) {
    const ofBlocker = confirmFromListing(user, byEmail, setting);
    const taken = decideOnTaken(user, own, byEmail, rules, ofBlocker);
    if (taken.kind === 'conflict') return { kind: 'conflict', reason: taken.reason, of: byEmail };
  }
  const difference = changesToDifference(changes, own);
  return { kind: 'stale', of: own, difference, takesOver: false, stampedLater };
}

/** Nothing is to be written; the address may differ all the same. */
function compareAddress(user: ObservedUser, own: WorkosUser): ComparisonVerdict {
  if (hasCrossedOver(own)) {
    const differs = !isEmpty({ ...presentNames(user, own), ...emailChange(user, own) });
    return { kind: 'inSync', of: own, crossedOver: differs ? 'differs' : 'same' };
  }
  if (isSameAddress(user.email, own.email)) return { kind: 'inSync', of: own };
  const difference = changesToDifference({ email: user.email ?? '' }, own);
  return { kind: 'conflict', reason: 'address_differs', of: own, difference };
}

/** The profiles that are linked to a WorkOS user; `onlyGone`: those that should not be are gone. */
function linkedProfiles(
  own: WorkosUser,
  { index, profiles }: BothSides,
): Pick<KnownProfiles, 'linked'> & { onlyGone: boolean } {
  const subs = metadataToTags(own.metadata).linkedSubs.filter((sub) => sub !== own.externalId);
  if (subs.length === 0) return { linked: undefined, onlyGone: false };
  const living = subs.flatMap((sub) => profiles.get(sub) ?? []);
  const linked = living.filter(({ sub }) => !index.byExternalId(sub));
  return { linked, onlyGone: linked.length === living.length && living.length < subs.length };
}
