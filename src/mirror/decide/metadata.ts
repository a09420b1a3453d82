import { type ClientIds, sortedUnion, type Tags } from './tags.ts';

/** The metadata keys that are ours; every other key belongs to the customer (DESIGN, section 4). */
export const KEYS = {
  pool: 'cognito_pool',
  auth: 'cognito_auth',
  syncedAt: 'cognito_synced_at',
  linkedSubs: 'cognito_linked_subs',
  providers: 'federated_providers',
  oauthClients: 'oauth_clients',
} as const;

/** Most needed first: what does not fit beside the customer's own keys is left out from the end. */
const BY_IMPORTANCE = Object.values(KEYS);
/** Without these the rules cannot hold: whose user it is, whether it is verified, how new it is. */
const REQUIRED = [KEYS.pool, KEYS.auth, KEYS.syncedAt];

/** The guide's limits, the narrower ones (FACTS, WorkOS: 10 keys in the guide, 50 in the spec). */
const MAXIMUM_KEYS = 10;
const MAXIMUM_VALUE_LENGTH = 600;

export type Metadata = Record<string, string>;
/** null: the key should not be there. */
export type MetadataChanges = Record<string, string | null>;

/** WorkOS metadata → tags. What somebody else wrote there is read as far as it goes. */
export function metadataToTags(metadata: Metadata): Tags {
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

/** Whether a WorkOS user notes this sub as another profile of its person. */
export function isLinkedTo({ metadata }: { metadata: Metadata }, sub: string): boolean {
  return splitList(metadata[KEYS.linkedSubs]).includes(sub);
}

/** The client ids that metadata already name. */
export function metadataToClientIds(metadata: Metadata): ClientIds {
  const entries = splitList(metadata[KEYS.oauthClients]).flatMap((entry) => {
    const at = entry.indexOf('=');
    return at > 0 ? [[entry.slice(0, at), entry.slice(at + 1)] as const] : [];
  });
  return Object.fromEntries(entries);
}

/**
 * Tags → our metadata keys, `cognito_synced_at` aside. Values are ASCII and at most 600 characters:
 * an entry that would make a list longer is left out whole, never cut.
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
    [KEYS.pool]: toListEntry(tags.pool).slice(0, MAXIMUM_VALUE_LENGTH),
    [KEYS.auth]: kinds.join('+'),
    [KEYS.linkedSubs]: joinList(tags.linkedSubs),
    [KEYS.providers]: joinList(tags.providers),
    [KEYS.oauthClients]: joinList(clients),
  };
}

/**
 * What has to be sent so that our keys become `wanted`: the keys that differ, and no more keys than
 * WorkOS allows beside those the customer already has.
 */
export function metadataChanges(current: Metadata, wanted: MetadataChanges): MetadataChanges {
  // The time of the observation always comes along with a change, so its place is kept free.
  const present = BY_IMPORTANCE.filter((key) => key === KEYS.syncedAt || wanted[key] != null);
  const room = Math.max(REQUIRED.length, MAXIMUM_KEYS - customerKeys(current));
  const fitting: readonly string[] = present.slice(0, room);
  const changes: MetadataChanges = {};
  for (const [key, value] of Object.entries(wanted)) {
    const target = fitting.includes(key) ? value : null;
    if ((current[key] ?? null) !== target) changes[key] = target;
  }
  return changes;
}

/** Whether the customer's own keys leave no room for the three that the rules need. */
export function isMetadataFull(current: Metadata): boolean {
  const lacking = REQUIRED.filter((key) => !Object.hasOwn(current, key)).length;
  return lacking > 0 && customerKeys(current) + REQUIRED.length > MAXIMUM_KEYS;
}

function customerKeys(current: Metadata): number {
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
