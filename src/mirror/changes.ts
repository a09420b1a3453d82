import type { ObservedUser } from '../cognito/observed-user.ts';
import type { DirectoryUser, UserChanges } from '../workos/user-directory.ts';
import { metadataChanges, metadataToClientIds, tagsToMetadata } from './metadata.ts';
import { userToNames } from './names.ts';
import type { MirrorRules } from './rules.ts';
import type { Tags } from './tags.ts';

/** The names that differ; one that Cognito lacks changes nothing. */
export function presentNames(user: ObservedUser, target: DirectoryUser): UserChanges {
  const { firstName, lastName } = userToNames(user);
  return {
    ...(firstName !== undefined && firstName !== target.firstName && { firstName }),
    ...(lastName !== undefined && lastName !== target.lastName && { lastName }),
  };
}

/** The names that differ; one that Cognito lacks blanks what is there. */
export function exactNames(user: ObservedUser, target: DirectoryUser): UserChanges {
  const { firstName = '', lastName = '' } = userToNames(user);
  return {
    ...(firstName !== (target.firstName ?? '') && { firstName }),
    ...(lastName !== (target.lastName ?? '') && { lastName }),
  };
}

/** Only on Cognito's own word, and only upwards: the address and its flag move together. */
export function emailChange(user: ObservedUser, target: DirectoryUser): UserChanges {
  if (user.email === undefined || !user.emailVerified) return {};
  if (!sameEmail(user.email, target.email)) return { email: user.email, emailVerified: true };
  return target.emailVerified ? {} : { emailVerified: true };
}

/** The tags that differ, as metadata keys. */
export function tagChange(tags: Tags, target: DirectoryUser, rules: MirrorRules): UserChanges {
  const clientIds = rules.clientIds ?? metadataToClientIds(target.metadata);
  const metadata = metadataChanges(target.metadata, tagsToMetadata(tags, clientIds));
  return isEmpty(metadata) ? {} : { metadata };
}

function sameEmail(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** True for changes that change nothing. */
export function isEmpty(changes: object): boolean {
  return Object.keys(changes).length === 0;
}
