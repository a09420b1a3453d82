import type { ObservedUser } from '../../user/observed-user.ts';
import type { WorkosUser } from '../../workos/users.ts';
import {
  conflict,
  emailChange,
  exactNames,
  namesOf,
  presentNames,
  tagChange,
  toUpdate,
  untilSignedIn,
} from './changes.ts';
import { type Confirmation, type Decision, skip, skipReason } from './decision.ts';
import { decideOnHeldUser, joinAsSecondary } from './held-user.ts';
import { isOurs } from './holder.ts';
import { metadataToTags } from './metadata.ts';
import type { MirrorRules } from './rules.ts';
import { isStale } from './stamp.ts';
import { keepLinked, userToTags } from './tags.ts';
import { countsAsVerified, holdsAddress } from './trust.ts';

/**
 * Decides on a WorkOS user that has this email and another external id, or none (docs/design.md#finding).
 * The match rests on the email alone, so nothing is written that Cognito does not confirm now.
 *
 * @param confirmation absent the first time: the decision is then `recheck` unless nothing would be written.
 */
export function decideOnSameEmail(
  user: ObservedUser,
  other: WorkosUser,
  rules: MirrorRules,
  confirmation: Confirmation | undefined,
): Decision {
  const refusal = refuseAtOnce(user, other, rules);
  if (refusal) return refusal;
  if (!confirmation) return withoutConfirmation(user, other, rules);

  const now = confirmation.user;
  if (!now || !holdsAddress(now, user.email ?? '', rules)) {
    return { kind: 'stale', workosUserId: other.id, by: 'address_given_up' };
  }
  const reason = skipReason(now);
  if (reason !== undefined) return skip(reason);
  if (confirmation.asOf === 'export' && isStale(now, other, rules)) {
    return { kind: 'stale', workosUserId: other.id, by: 'older_observation' };
  }
  return other.externalId === undefined
    ? link(now, other, rules)
    : decideOnHeldUser(now, other, rules, confirmation);
}

/** The conflicts that need no question to Cognito. */
function refuseAtOnce(
  user: ObservedUser,
  other: WorkosUser,
  rules: MirrorRules,
): Decision | undefined {
  if (!countsAsVerified(user, rules))
    return conflict('unverified_email', other, 'email_not_verified');
  if (other.externalId !== undefined) {
    return isOurs(other, user)
      ? undefined
      : conflict('foreign_external_id', other, 'email_of_foreign_user');
  }
  // A stranger may have registered it with this address and a password of their own.
  const isRefused = !other.emailVerified && !rules.takeOverUnverified;
  return isRefused
    ? conflict('unverified_in_workos', other, 'email_unverified_in_workos')
    : undefined;
}

/** A second profile that is noted already and changes nothing does not need Cognito's confirmation. */
function withoutConfirmation(user: ObservedUser, other: WorkosUser, rules: MirrorRules): Decision {
  const { externalId: holderSub, metadata } = other;
  if (holderSub === undefined) return { kind: 'recheck' };
  const { linkedSubs, unverified } = metadataToTags(metadata);
  const join = !unverified && linkedSubs.includes(user.sub) && joinAsSecondary(user, other, rules);
  return join && join.kind === 'unchanged' ? join : { kind: 'recheck', holderSub };
}

/** A WorkOS user without an external id becomes this profile's. */
function link(user: ObservedUser, other: WorkosUser, rules: MirrorRules): Decision {
  const isUnverified = !other.emailVerified;
  const names = isUnverified ? exactNames(user, other) : presentNames(user, other);
  const tags = keepLinked(userToTags(user), metadataToTags(other.metadata), user.sub);
  return toUpdate(user, other, rules, {
    outcome: 'linked',
    by: 'email_linked',
    changes: {
      externalId: user.sub,
      ...untilSignedIn(other, { ...names, ...emailChange(user, other) }),
      ...tagChange(tags, other, rules),
    },
    ...(isUnverified && { cleanUp: 'all', finalNames: namesOf(user) }),
  });
}
