import type { OauthClients } from '../../config/mirror.ts';
import type { ObservedUser } from '../../user/observed-user.ts';

/** How a person signs in, as our metadata keys say it. Provider names are encoded ({@link encodeName}). */
export type Tags = {
  pool: string;
  password: boolean;
  federated: boolean;
  /**
   * The profile in `external_id` does not count as verified: another person may have registered its address.
   */
  unverified: boolean;
  /** The password in WorkOS is the one of the native profile in `external_id` (docs/design.md#passwords). */
  carried: boolean;
  providers: string[];
  linkedSubs: string[];
};

/** Encoded provider name → the OAuth client id that is to be used again in WorkOS. */
export type ClientIds = Record<string, string>;

/**
 * Whether Cognito calls the profile federated; without a status, whether its own identity is of a provider
 * (docs/facts.md#cognito-identities-attribute).
 */
export function isFederated(user: ObservedUser): boolean {
  if (user.status !== undefined) return user.status === 'EXTERNAL_PROVIDER';
  return user.identities.some((identity) => identity.primary);
}

/**
 * Statuses of users who sign in with a password (API reference, UserType: UserStatus). The last one has only a
 * temporary password, given by an administrator: WorkOS does not know that one either.
 */
const WITH_PASSWORD = new Set(['CONFIRMED', 'RESET_REQUIRED', 'FORCE_CHANGE_PASSWORD']);

/** Whether Cognito lets a native user of this status sign in with a password. */
export function hasPassword({ status }: Pick<ObservedUser, 'status'>): boolean {
  return WITH_PASSWORD.has(status ?? '');
}

/**
 * Whether an administrator has invalidated the password in Cognito: what was carried over before must not open
 * WorkOS either (docs/facts.md#cognito-statuses).
 */
export function needsNewPassword({ status }: Pick<ObservedUser, 'status'>): boolean {
  return status === 'RESET_REQUIRED' || status === 'FORCE_CHANGE_PASSWORD';
}

/**
 * An observed user → its own tags. `unverified` and `carried` are false: the rules and the WorkOS user tell.
 */
export function userToTags(user: ObservedUser): Tags {
  const federated = isFederated(user);
  return {
    pool: user.userPoolId,
    password: !federated,
    federated: federated || user.identities.length > 0,
    unverified: false,
    carried: false,
    providers: sortedUnion(user.identities.map((identity) => encodeName(identity.providerName))),
    linkedSubs: [],
  };
}

/**
 * The tags of two profiles of one person: pool, verification and carried password of `primary`, everything
 * else of both.
 */
export function mergeTags(primary: Tags, other: Tags): Tags {
  return {
    pool: primary.pool,
    password: primary.password || other.password,
    federated: primary.federated || other.federated,
    unverified: primary.unverified,
    carried: primary.carried,
    providers: sortedUnion(primary.providers, other.providers),
    linkedSubs: sortedUnion(primary.linkedSubs, other.linkedSubs),
  };
}

/**
 * The tags of a primary profile together with those that its linked profiles have brought, which the
 * metadata do not keep apart. A profile is never linked to itself.
 */
export function keepLinked(own: Tags, noted: Tags, sub: string): Tags {
  const linkedSubs = noted.linkedSubs.filter((linked) => linked !== sub);
  return linkedSubs.length === 0 ? own : mergeTags(own, { ...noted, linkedSubs });
}

/** The tags of a person, with those of another profile added. */
export function addLinked(tags: Tags, profile: ObservedUser): Tags {
  return mergeTags(tags, { ...userToTags(profile), linkedSubs: [profile.sub] });
}

/** The `OAUTH_CLIENTS` map → client ids by encoded provider name. */
export function oauthClientsToIds(clients: OauthClients): ClientIds {
  const entries = Object.entries(clients);
  return Object.fromEntries(entries.map(([name, { clientId }]) => [encodeName(name), clientId]));
}

/**
 * Provider names may contain any character, also the separators of our lists; encoded, they are unambiguous
 * ASCII.
 */
function encodeName(name: string): string {
  return name.toWellFormed().replace(/[^\x21-\x7e]|[%,=]/gu, (char) => encodeURIComponent(char));
}

/** Without duplicates, and sorted by code unit, so that the order does not depend on the machine's locale. */
export function sortedUnion(...lists: string[][]): string[] {
  return [...new Set(lists.flat())].sort();
}
