import type { ObservedUser } from '../../user/observed-user.ts';
import { KEYS, type WorkosMetadata } from './metadata.ts';
import type { MirrorRules } from './rules.ts';

/** Longer than the clocks of two machines of AWS or WorkOS differ. */
const CLOCKS_DIFFER_MS = 60_000;

/** The value of `cognito_synced_at` for an observation: when the user was observed, but never in the future. */
export function toStamp({ observedAt }: ObservedUser, rules: MirrorRules): string {
  const now = timeOf(rules);
  return Date.parse(observedAt) > now ? new Date(now).toISOString() : observedAt;
}

/**
 * When a WorkOS user was synced, in milliseconds since the epoch. NaN, for which every comparison is false,
 * where there is no valid stamp: none, one that is not a date (another program wrote it), or one in the
 * future (from a wrong clock), until which every observation would look stale.
 */
export function syncedAt(metadata: WorkosMetadata, rules: MirrorRules): number {
  const stamp = Date.parse(metadata[KEYS.syncedAt] ?? '');
  return stamp > timeOf(rules) + CLOCKS_DIFFER_MS ? Number.NaN : stamp;
}

/** Whether the WorkOS user was synced from a later observation than this one. */
export function isStale(
  user: ObservedUser,
  { metadata }: { metadata: WorkosMetadata },
  rules: MirrorRules,
): boolean {
  return Date.parse(user.observedAt) < syncedAt(metadata, rules);
}

/** The stamp to write with a change: never earlier than the profile's own stamp. */
export function laterStamp(user: ObservedUser, before: WorkosMetadata, rules: MirrorRules): string {
  const mine = toStamp(user, rules);
  const theirs = before[KEYS.syncedAt];
  return theirs !== undefined && syncedAt(before, rules) > Date.parse(mine) ? theirs : mine;
}

function timeOf({ clock = () => new Date() }: MirrorRules): number {
  return clock().getTime();
}
