import type { ObservedUser } from '../cognito/observed-user.ts';
import type { DirectoryUser, NewDirectoryUser, UserChanges } from '../workos/user-directory.ts';
import { emailChange, exactNames, isEmpty, presentNames, tagChange } from './changes.ts';
import {
  KEYS,
  type MetadataChanges,
  metadataChanges,
  metadataToTags,
  tagsToMetadata,
} from './metadata.ts';
import { userToNames } from './names.ts';
import type { MirrorRules } from './rules.ts';
import { isFederated, mergeTags, sortedUnion, type Tags, userToTags } from './tags.ts';
import { countsAsVerified, holderCountsAsVerified, isCognitoSub } from './trust.ts';

/** The WorkOS users that an observed user could be: by external id, and by email. */
export type Found = { byExternalId?: DirectoryUser; byEmail?: DirectoryUser };

export type SkipReason = 'disabled' | 'unconfirmed' | 'no_email';
export type ConflictReason =
  | 'unverified_email'
  | 'foreign_external_id'
  | 'email_taken'
  | 'email_locked';

export type Decision =
  | { kind: 'stale'; workosUserId: string }
  | { kind: 'conflict'; reason: ConflictReason; workosUserId: string }
  | { kind: 'unchanged'; workosUserId: string }
  | { kind: 'create'; user: NewDirectoryUser }
  | { kind: 'update'; outcome: 'linked' | 'updated'; workosUserId: string; changes: UserChanges };

/** The reason why a user is not mirrored at all, if there is one (DESIGN, section 4). */
export function skipReason(user: ObservedUser): SkipReason | undefined {
  if (user.enabled === false) return 'disabled';
  if (user.status === 'UNCONFIRMED') return 'unconfirmed';
  if (user.email === undefined) return 'no_email';
  return undefined;
}

/**
 * The rules of the mirror (DESIGN, section 4) as a pure function: an observed user and the WorkOS
 * users it could be → what to do. Nobody found means create.
 *
 * @param user one for whom {@link skipReason} found nothing.
 */
export function decide(user: ObservedUser, found: Found, rules: MirrorRules): Decision {
  if (found.byExternalId) return decideOnOwn(user, found.byExternalId, rules);
  if (found.byEmail) return decideOnSameEmail(user, found.byEmail, rules);
  const metadata = tagsToMetadata(userToTags(user), rules.clientIds ?? {});
  return {
    kind: 'create',
    user: {
      email: user.email ?? '',
      emailVerified: user.emailVerified,
      ...userToNames(user),
      externalId: user.sub,
      metadata: withoutNulls(metadataChanges({}, { ...metadata, ...syncedAt(user) })),
    },
  };
}

/** The WorkOS user that already carries this sub. */
function decideOnOwn(user: ObservedUser, own: DirectoryUser, rules: MirrorRules): Decision {
  if (isStale(user, own)) return { kind: 'stale', workosUserId: own.id };
  return toUpdate(user, own, 'updated', {
    ...presentNames(user, own),
    ...emailChange(user, own),
    ...tagChange(primaryTags(user, own), own, rules),
  });
}

/** Once profiles are linked, what the others brought cannot be told from what this one has lost. */
function primaryTags(user: ObservedUser, target: DirectoryUser): Tags {
  const current = metadataToTags(target.metadata);
  return current.linkedSubs.length > 0 ? mergeTags(userToTags(user), current) : userToTags(user);
}

/** A WorkOS user with this email that is not (yet) known to be this profile. */
function decideOnSameEmail(user: ObservedUser, other: DirectoryUser, rules: MirrorRules): Decision {
  const conflict = (reason: ConflictReason): Decision => ({
    kind: 'conflict',
    reason,
    workosUserId: other.id,
  });
  if (!countsAsVerified(user, rules)) return conflict('unverified_email');
  if (other.externalId === undefined) return link(user, other, rules);
  if (!isCognitoSub(other)) return conflict('foreign_external_id');
  if (!holderCountsAsVerified(other, rules)) return displace(user, other, rules);
  const holderIsFederated = other.metadata[KEYS.auth] === 'federated';
  return holderIsFederated && !isFederated(user)
    ? takeOver(user, other, other.externalId, rules)
    : joinAsSecondary(user, other, rules);
}

/** A WorkOS user without an external id becomes this profile's. */
function link(user: ObservedUser, other: DirectoryUser, rules: MirrorRules): Decision {
  return toUpdate(user, other, 'linked', {
    externalId: user.sub,
    ...presentNames(user, other),
    ...emailChange(user, other),
    ...tagChange(primaryTags(user, other), other, rules),
  });
}

/** Whoever registered first with somebody's unverified address gains nothing: nothing of theirs stays. */
function displace(user: ObservedUser, squatter: DirectoryUser, rules: MirrorRules): Decision {
  return toUpdate(user, squatter, 'linked', {
    externalId: user.sub,
    ...exactNames(user, squatter),
    ...emailChange(user, squatter),
    ...tagChange(userToTags(user), squatter, rules),
  });
}

/**
 * A native profile takes the first place from a federated one of the same person. Names become
 * exactly its own, blank ones too: had it come first, the other could not have brought any.
 */
function takeOver(
  user: ObservedUser,
  holder: DirectoryUser,
  formerSub: string,
  rules: MirrorRules,
): Decision {
  const former = metadataToTags(holder.metadata);
  const merged = mergeTags(userToTags(user), former);
  const others = sortedUnion(former.linkedSubs, [formerSub]).filter((sub) => sub !== user.sub);
  const tags = { ...merged, linkedSubs: others };
  return toUpdate(user, holder, 'linked', {
    externalId: user.sub,
    ...exactNames(user, holder),
    ...emailChange(user, holder),
    ...tagChange(tags, holder, rules),
  });
}

/**
 * A second profile of a person: its sub and its providers are noted, nothing else changes. The time
 * of the observation is not: it would make the primary's own, seen a moment earlier, look stale.
 */
function joinAsSecondary(user: ObservedUser, primary: DirectoryUser, rules: MirrorRules): Decision {
  const current = metadataToTags(primary.metadata);
  const known = current.linkedSubs.includes(user.sub);
  const tags = mergeTags(current, { ...userToTags(user), linkedSubs: [user.sub] });
  const changes = tagChange(tags, primary, rules);
  if (isEmpty(changes)) return { kind: 'unchanged', workosUserId: primary.id };
  const outcome = known ? 'updated' : 'linked';
  return { kind: 'update', outcome, workosUserId: primary.id, changes };
}

function toUpdate(
  user: ObservedUser,
  target: DirectoryUser,
  outcome: 'linked' | 'updated',
  changes: UserChanges,
): Decision {
  if (isEmpty(changes)) return { kind: 'unchanged', workosUserId: target.id };
  const noted = metadataChanges(target.metadata, { ...changes.metadata, ...syncedAt(user) });
  const metadata = { ...changes.metadata, ...noted };
  return {
    kind: 'update',
    outcome,
    workosUserId: target.id,
    // An empty object would delete everything, the customer's keys too (FACTS, WorkOS).
    changes: { ...changes, ...(!isEmpty(metadata) && { metadata }) },
  };
}

function isStale(user: ObservedUser, target: DirectoryUser): boolean {
  // Not a date: somebody else wrote it, and no comparison holds.
  return Date.parse(user.observedAt) < Date.parse(target.metadata[KEYS.syncedAt] ?? '');
}

function syncedAt(user: ObservedUser): MetadataChanges {
  return { [KEYS.syncedAt]: user.observedAt };
}

function withoutNulls(changes: MetadataChanges): Record<string, string> {
  const present = Object.entries(changes).filter((entry) => entry[1] !== null);
  return Object.fromEntries(present) as Record<string, string>;
}
