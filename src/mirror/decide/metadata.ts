import { type ClientIds, sortedUnion, type Tags } from './tags.ts';

/** The metadata keys of this project; every other key belongs to the customer (docs/design.md#metadata). */
export const KEYS = {
  pool: 'cognito_pool',
  auth: 'cognito_auth',
  syncedAt: 'cognito_synced_at',
  linkedSubs: 'cognito_linked_subs',
  providers: 'federated_providers',
  oauthClients: 'oauth_clients',
} as const;

/**
 * When WorkOS was asked to mail the user a password reset, ISO 8601 in UTC. Only `reset-passwords` writes it. To
 * the mirror it is like a key of the customer's, except that it is dropped when the WorkOS user becomes another
 * profile's.
 */
export const RESET_MAILED_AT = 'cognito_reset_mailed_at';

/** Most important first: what does not fit beside the customer's own keys is left out from the end. */
const BY_IMPORTANCE = Object.values(KEYS);
/** The rules need these: whose user it is, whether it is verified, how new it is. */
const REQUIRED = [KEYS.pool, KEYS.auth, KEYS.syncedAt];

/**
 * WorkOS's guide and its OpenAPI description differ; these are the narrower limits
 * (docs/facts.md#workos-metadata).
 */
const MAXIMUM_KEYS = 10;
const MAXIMUM_VALUE_LENGTH = 600;
/** With its comma (src/user/observed-user.ts). */
const LONGEST_SUB = 129;

/** All metadata of a WorkOS user, the customer's keys included. */
export type WorkosMetadata = Record<string, string>;
/** null: the key is deleted. */
export type MetadataChanges = Record<string, string | null>;

/** WorkOS metadata → tags. Values that this project did not write are read as far as they make sense. */
export function metadataToTags(metadata: WorkosMetadata): Tags {
  const auth = (metadata[KEYS.auth] ?? '').split('+');
  return {
    pool: metadata[KEYS.pool] ?? '',
    password: auth.includes('password'),
    federated: auth.includes('federated'),
    unverified: auth.includes('unverified'),
    providers: sortedUnion(splitList(metadata[KEYS.providers])),
    linkedSubs: sortedUnion(splitList(metadata[KEYS.linkedSubs])),
  };
}

/** The value of the key `cognito_pool` for a pool id. */
export function poolToTag(userPoolId: string): string {
  return toListEntry(userPoolId).slice(0, MAXIMUM_VALUE_LENGTH);
}

/** Whether a WorkOS user notes this sub as another profile of the same person. */
export function isLinkedTo({ metadata }: { metadata: WorkosMetadata }, sub: string): boolean {
  return splitList(metadata[KEYS.linkedSubs]).includes(sub);
}

/** The OAuth client ids that the metadata hold, by provider. */
export function metadataToClientIds(metadata: WorkosMetadata): ClientIds {
  const entries = splitList(metadata[KEYS.oauthClients]).flatMap((entry) => {
    const at = entry.indexOf('=');
    return at > 0 ? [[entry.slice(0, at), entry.slice(at + 1)] as const] : [];
  });
  return Object.fromEntries(entries);
}

/**
 * Tags → our metadata keys, except `cognito_synced_at`. Values are ASCII and at most 600 characters: an
 * entry that would exceed that is left out whole, never cut.
 */
export function tagsToMetadata(tags: Tags, clientIds: ClientIds): MetadataChanges {
  const kinds = [
    ...(tags.password ? ['password'] : []),
    ...(tags.federated ? ['federated'] : []),
    ...(tags.unverified ? ['unverified'] : []),
  ];
  const clients = tags.providers.flatMap((name) => {
    const clientId = Object.hasOwn(clientIds, name) ? clientIds[name] : undefined;
    return clientId === undefined ? [] : [`${name}=${toListEntry(clientId)}`];
  });
  return {
    [KEYS.pool]: poolToTag(tags.pool),
    [KEYS.auth]: kinds.join('+'),
    [KEYS.linkedSubs]: joinList(tags.linkedSubs),
    [KEYS.providers]: joinList(tags.providers),
    [KEYS.oauthClients]: joinList(clients),
  };
}

/**
 * The keys that must be sent so that ours become `desired`: those that differ, and no more keys than WorkOS
 * allows beside the customer's.
 */
export function metadataChanges(
  current: WorkosMetadata,
  desired: MetadataChanges,
): MetadataChanges {
  // The time of the observation is added to every change, so its place is kept free.
  const present = BY_IMPORTANCE.filter((key) => key === KEYS.syncedAt || desired[key] != null);
  const room = Math.max(REQUIRED.length, MAXIMUM_KEYS - customerKeys(current));
  const fitting: readonly string[] = present.slice(0, room);
  const changes: MetadataChanges = {};
  for (const [key, value] of Object.entries(desired)) {
    const target = fitting.includes(key) ? value : null;
    if ((current[key] ?? null) !== target) changes[key] = target;
  }
  return changes;
}

/** The metadata that changes set; the keys that they delete are left out. */
export function withoutDeletions(changes: MetadataChanges): WorkosMetadata {
  const present = Object.entries(changes).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return Object.fromEntries(present);
}

/** Whether the customer's own keys leave no room for the three keys that the rules need. */
export function isMetadataFull(current: WorkosMetadata): boolean {
  const lacking = REQUIRED.filter((key) => !Object.hasOwn(current, key)).length;
  return lacking > 0 && customerKeys(current) + REQUIRED.length > MAXIMUM_KEYS;
}

/**
 * Whether the list of linked profiles may be incomplete: the customer's own keys leave it no room, or another sub
 * would not fit into it.
 */
export function mayOmitLinkedSubs(current: WorkosMetadata): boolean {
  const place = BY_IMPORTANCE.indexOf(KEYS.linkedSubs) + 1;
  const { length } = current[KEYS.linkedSubs] ?? '';
  return (
    customerKeys(current) + place > MAXIMUM_KEYS || length + LONGEST_SUB > MAXIMUM_VALUE_LENGTH
  );
}

/** Whether the mark of a password-reset mail can be written beside the keys that are there. */
export function hasRoomForMailMark(current: WorkosMetadata): boolean {
  return Object.hasOwn(current, RESET_MAILED_AT) || Object.keys(current).length < MAXIMUM_KEYS;
}

function customerKeys(current: WorkosMetadata): number {
  const ours: readonly string[] = BY_IMPORTANCE;
  return Object.keys(current).filter((key) => !ours.includes(key)).length;
}

function toListEntry(text: string): string {
  return text.toWellFormed().replace(/[^\x20-\x7e]|,/gu, (char) => encodeURIComponent(char));
}

function splitList(text: string | undefined): string[] {
  return (text ?? '').split(',').filter((entry) => entry !== '');
}

function joinList(entries: string[]): string | null {
  let text = '';
  for (const entry of entries) {
    const longer = text === '' ? entry : `${text},${entry}`;
    if (longer.length <= MAXIMUM_VALUE_LENGTH) text = longer;
  }
  return text === '' ? null : text;
}
