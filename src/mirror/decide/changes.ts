import { isSameAddress } from '../../user/address.ts';
import type { ObservedUser } from '../../user/observed-user.ts';
import type { UserChanges, WorkosUser } from '../../workos/users.ts';
import type { MirrorConflict } from './conflicts.ts';
import type { DecidingRule } from './deciding-rules.ts';
import type { Decision, Update } from './decision.ts';
import { hasCrossedOver, isTaggedUnverified } from './holder.ts';
import {
  isMetadataFull,
  KEYS,
  metadataChanges,
  metadataToClientIds,
  RESET_MAILED_AT,
  tagsToMetadata,
} from './metadata.ts';
import { userToNames } from './names.ts';
import type { MirrorRules } from './rules.ts';
import { laterStamp } from './stamp.ts';
import { isFederated, type Tags } from './tags.ts';

/** The names that differ. A name that Cognito does not have changes nothing. */
export function presentNames(user: ObservedUser, target: WorkosUser): UserChanges {
  const { firstName, lastName } = userToNames(user);
  return {
    ...(firstName !== undefined && firstName !== target.firstName && { firstName }),
    ...(lastName !== undefined && lastName !== target.lastName && { lastName }),
  };
}

/** The names that differ. A name that Cognito does not have is blanked. */
export function exactNames(user: ObservedUser, target: WorkosUser): UserChanges {
  const { firstName = '', lastName = '' } = userToNames(user);
  return {
    ...(firstName !== (target.firstName ?? '') && { firstName }),
    ...(lastName !== (target.lastName ?? '') && { lastName }),
  };
}

/** Both names as they are after `exactNames`; blank where Cognito has none. */
export function namesOf(user: ObservedUser): { firstName: string; lastName: string } {
  const { firstName = '', lastName = '' } = userToNames(user);
  return { firstName, lastName };
}

/**
 * The address and its flag, always sent together, because WorkOS un-verifies a changed address
 * (docs/facts.md#workos-email-change). Only where Cognito has verified the address, and never un-verifying.
 */
export function emailChange(user: ObservedUser, target: WorkosUser): UserChanges {
  if (user.email === undefined || !user.emailVerified) return {};
  if (!isSameAddress(user.email, target.email)) return { email: user.email, emailVerified: true };
  return target.emailVerified ? {} : { emailVerified: true };
}

/** The changes; none once the person has signed in at WorkOS, which owns names, email and flag from then on. */
export function untilSignedIn(target: WorkosUser, changes: UserChanges): UserChanges {
  return hasCrossedOver(target) ? {} : changes;
}

/** The tags that differ, as metadata keys. */
export function tagChange(tags: Tags, target: WorkosUser, rules: MirrorRules): UserChanges {
  const clientIds = rules.clientIds ?? metadataToClientIds(target.metadata);
  const metadata = metadataChanges(target.metadata, tagsToMetadata(tags, clientIds));
  return isEmpty(metadata) ? {} : { metadata };
}

/**
 * Changes to a WorkOS user → the decision, with the time of the observation added to them. `unchanged` where
 * there are none; the conflict `metadata_full` where our keys do not fit.
 */
export function toUpdate(
  user: ObservedUser,
  target: WorkosUser,
  rules: MirrorRules,
  { changes, ...update }: Pick<Update, 'outcome' | 'changes' | 'by' | 'cleanUp' | 'finalNames'>,
): Decision {
  if (isEmpty(changes)) return { kind: 'unchanged', workosUserId: target.id, by: update.by };
  if (isMetadataFull(target.metadata)) return conflict('metadata_full', target, 'metadata_full');
  // The stamp of another profile says nothing about the observations of this one.
  const isAnothers = target.externalId !== undefined && target.externalId !== user.sub;
  const stamp = { [KEYS.syncedAt]: laterStamp(user, isAnothers ? {} : target.metadata, rules) };
  const metadata = {
    ...changes.metadata,
    ...metadataChanges(target.metadata, stamp),
    ...(changesHands(target, changes) && { [RESET_MAILED_AT]: null }),
  };
  return {
    kind: 'update',
    ...update,
    ...((isTaggedUnverified(target) || isFederated(user)) && { canChangeHands: true }),
    workosUserId: target.id,
    // An empty object would delete all metadata, the customer's too (docs/facts.md#workos-metadata).
    changes: { ...changes, ...(!isEmpty(metadata) && { metadata }) },
  };
}

/** A marked WorkOS user becomes another profile's: its owner has not had the mail. */
function changesHands(target: WorkosUser, { externalId }: UserChanges): boolean {
  const isMarked = Object.hasOwn(target.metadata, RESET_MAILED_AT);
  const isProved = target.externalId === undefined && target.emailVerified;
  return isMarked && externalId !== undefined && !isProved;
}

/** A conflict over this WorkOS user: nothing is written. */
export function conflict(
  reason: MirrorConflict,
  { id }: Pick<WorkosUser, 'id'>,
  by: DecidingRule,
): Extract<Decision, { kind: 'conflict' }> {
  return { kind: 'conflict', reason, workosUserId: id, by };
}

/** Whether there is nothing to change. */
export function isEmpty(changes: object): boolean {
  return Object.keys(changes).length === 0;
}
