import type { OauthClients } from '../../config/mirror.ts';
import type { ObservedUser } from '../../user/observed-user.ts';

/** How a person signs in, as WorkOS's metadata say it. Provider names are in encoded form. */
export type Tags = {
  pool: string;
  password: boolean;
  federated: boolean;
  /** The profile in `external_id` does not count as verified: its WorkOS user may be a squatter's. */
  unverified: boolean;
  providers: string[];
  linkedSubs: string[];
};

/** Encoded provider name → the OAuth client id to reuse in WorkOS. */
export type ClientIds = Record<string, string>;

/** A profile is federated when Cognito says so; without a status, when its own identity is. */
export function isFederated(user: ObservedUser): boolean {
  if (user.status !== undefined) return user.status === 'EXTERNAL_PROVIDER';
  return user.identities.some((identity) => identity.primary);
}

/** Observed user → the tags it has by itself; whether it counts as verified is for the rules to say. */
export function userToTags(user: ObservedUser): Tags {
  const federated = isFederated(user);
  return {
    pool: user.userPoolId,
    password: !federated,
    federated: federated || user.identities.length > 0,
    unverified: false,
    providers: sortedUnion(user.identities.map((identity) => encodeName(identity.providerName))),
    linkedSubs: [],
  };
}

/** Two profiles of one person: pool and verification of `primary`, everything else of both. */
export function mergeTags(primary: Tags, other: Tags): Tags {
  return {
    pool: primary.pool,
    password: primary.password || other.password,
    federated: primary.federated || other.federated,
    unverified: primary.unverified,
    providers: sortedUnion(primary.providers, other.providers),
    linkedSubs: sortedUnion(primary.linkedSubs, other.linkedSubs),
  };
}

/**
 * A primary profile's own tags, and with them what its linked profiles have brought: noted together, it
 * cannot be told apart. Nobody is linked to themselves.
 */
export function keepLinked(own: Tags, noted: Tags, sub: string): Tags {
  const linkedSubs = noted.linkedSubs.filter((linked) => linked !== sub);
  return linkedSubs.length === 0 ? own : mergeTags(own, { ...noted, linkedSubs });
}

/** The tags of a person, and what another profile brings. */
export function addLinked(tags: Tags, profile: ObservedUser): Tags {
  return mergeTags(tags, { ...userToTags(profile), linkedSubs: [profile.sub] });
}

/** The `OAUTH_CLIENTS` map → client ids under the names that the tags use. */
export function oauthClientsToIds(clients: OauthClients): ClientIds {
  const entries = Object.entries(clients);
  return Object.fromEntries(entries.map(([name, { clientId }]) => [encodeName(name), clientId]));
}

/** Names may hold any letter, and the signs our lists are made of; encoded, none can be mistaken. */
export function encodeName(name: string): string {
  return name.toWellFormed().replace(/[^\x21-\x7e]|[%,=]/gu, (char) => encodeURIComponent(char));
}

/** Sorted by code unit, so that every machine sorts alike. */
export function sortedUnion(...lists: string[][]): string[] {
  return [...new Set(lists.flat())].sort();
}
