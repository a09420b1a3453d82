import type { ObservedUser } from '../../user/observed-user.ts';
import { KEYS, type Metadata } from './metadata.ts';
import type { MirrorRules } from './rules.ts';

/** More than the clocks of two machines of AWS's or WorkOS's differ. */
const CLOCKS_DIFFER_MS = 60_000;

/** When the user was observed, as `cognito_synced_at` has it: never in the future. */
export function toStamp({ observedAt }: ObservedUser, rules: MirrorRules): string {
  const now = timeOf(rules);
  return Date.parse(observedAt) > now ? new Date(now).toISOString() : observedAt;
}

/**
 * When a WorkOS user was synced, in milliseconds since the epoch. NaN, which compares with nothing, where
 * there is no stamp or none that holds: not a date (somebody else wrote it), or a date in the future (a
 * clock was wrong), which would make every change look old until then.
 */
export function syncedAt(metadata: Metadata, rules: MirrorRules): number {
  const stamp = Date.parse(metadata[KEYS.syncedAt] ?? '');
  return stamp > timeOf(rules) + CLOCKS_DIFFER_MS ? Number.NaN : stamp;
}

/** Whether the WorkOS user has been synced from a later observation. */
export function isStale(
  user: ObservedUser,
  { metadata }: { metadata: Metadata },
  rules: MirrorRules,
): boolean {
  return Date.parse(user.observedAt) < syncedAt(metadata, rules);
}

/** The stamp that comes along with a change: a profile's own is never moved back. */
export function laterStamp(user: ObservedUser, before: Metadata, rules: MirrorRules): string {
  const mine = toStamp(user, rules);
  const theirs = before[KEYS.syncedAt];
  return theirs !== undefined && syncedAt(before, rules) > Date.parse(mine) ? theirs : mine;
}

function timeOf({ clock = () => new Date() }: MirrorRules): number {
  return clock().getTime();
}
