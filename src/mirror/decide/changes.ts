import { isSameAddress } from '../../user/address.ts';
import type { ObservedUser } from '../../user/observed-user.ts';
import type { UserChanges, WorkosUser } from '../../workos/users.ts';
import type { MirrorConflict } from './conflicts.ts';
import type { Decision, Update } from './decision.ts';
import {
  isMetadataFull,
  KEYS,
  metadataChanges,
  metadataToClientIds,
  tagsToMetadata,
} from './metadata.ts';
import { userToNames } from './names.ts';
import type { MirrorRules } from './rules.ts';
import { laterStamp } from './stamp.ts';
import type { Tags } from './tags.ts';

/** The names that differ; one that Cognito lacks changes nothing. */
export function presentNames(user: ObservedUser, target: WorkosUser): UserChanges {
  const { firstName, lastName } = userToNames(user);
  return {
    ...(firstName !== undefined && firstName !== target.firstName && { firstName }),
    ...(lastName !== undefined && lastName !== target.lastName && { lastName }),
  };
}

/** The names that differ; one that Cognito lacks blanks what is there. */
export function exactNames(user: ObservedUser, target: WorkosUser): UserChanges {
  const { firstName = '', lastName = '' } = userToNames(user);
  return {
    ...(firstName !== (target.firstName ?? '') && { firstName }),
    ...(lastName !== (target.lastName ?? '') && { lastName }),
  };
}

/** What the names are when they are exactly the user's. */
export function namesOf(user: ObservedUser): { firstName: string; lastName: string } {
  const { firstName = '', lastName = '' } = userToNames(user);
  return { firstName, lastName };
}

/** Only on Cognito's own word, and only upwards: the address and its flag move together. */
export function emailChange(user: ObservedUser, target: WorkosUser): UserChanges {
  if (user.email === undefined || !user.emailVerified) return {};
  if (!isSameAddress(user.email, target.email)) return { email: user.email, emailVerified: true };
  return target.emailVerified ? {} : { emailVerified: true };
}

/** The tags that differ, as metadata keys. */
export function tagChange(tags: Tags, target: WorkosUser, rules: MirrorRules): UserChanges {
  const clientIds = rules.clientIds ?? metadataToClientIds(target.metadata);
  const metadata = metadataChanges(target.metadata, tagsToMetadata(tags, clientIds));
  return isEmpty(metadata) ? {} : { metadata };
}

/**
 * Changes of a profile's own WorkOS user → the decision; the time of the observation comes along.
 */
export function toUpdate(
  user: ObservedUser,
  target: WorkosUser,
  rules: MirrorRules,
  { changes, ...update }: Pick<Update, 'outcome' | 'changes' | 'cleanUp' | 'finalNames'>,
): Decision {
  if (isEmpty(changes)) return { kind: 'unchanged', workosUserId: target.id };
  if (isMetadataFull(target.metadata)) return conflict('metadata_full', target);
  // The stamp of another profile says nothing of this one's observations.
  const isAnothers = target.externalId !== undefined && target.externalId !== user.sub;
  const stamp = { [KEYS.syncedAt]: laterStamp(user, isAnothers ? {} : target.metadata, rules) };
  const metadata = { ...changes.metadata, ...metadataChanges(target.metadata, stamp) };
  return {
    kind: 'update',
    ...update,
    workosUserId: target.id,
    // An empty object would delete everything, the customer's keys too (WorkOS, Metadata).
    changes: { ...changes, ...(!isEmpty(metadata) && { metadata }) },
  };
}

export function conflict(reason: MirrorConflict, { id }: WorkosUser): Decision {
  return { kind: 'conflict', reason, workosUserId: id };
}

/** True for changes that change nothing. */
export function isEmpty(changes: object): boolean {
  return Object.keys(changes).length === 0;
}
