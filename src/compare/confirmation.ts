import type { Confirmation } from '../mirror/decide/decision.ts';
import { canMoveOn, isOurs } from '../mirror/decide/holder.ts';
import { isSameAddress } from '../user/address.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { WorkosUser } from '../workos/users.ts';
import type { ComparisonSetting } from './both-sides.ts';

/** What Cognito would answer if it were asked about both profiles now: what was listed. */
export function confirmFromListing(
  user: ObservedUser,
  target: WorkosUser,
  { isLive, ...sides }: ComparisonSetting,
): Confirmation {
  const holder = sides.profiles.get(target.externalId ?? '');
  const asOf = isLive ? 'now' : 'export';
  const confirmation: Confirmation = { user, holder, asOf };
  const isStuck = holder && !findsRoom(holder, target, sides, new Set([user.sub]));
  return isStuck ? { ...confirmation, stuck: new Set([holder.sub]) } : confirmation;
}

/** Whether a holder's new address is free, or becomes free when its holder moves on in turn. */
function findsRoom(
  holder: ObservedUser,
  held: WorkosUser,
  sides: Omit<ComparisonSetting, 'isLive'>,
  waiting: Set<string>,
): boolean {
  if (!canMoveOn(holder, held, sides.rules, {})) return false;
  const next = sides.index.byEmail(holder.email ?? '');
  if (!next || next.id === held.id) return true;
  const nextHolder = sides.profiles.get(next.externalId ?? '');
  if (!nextHolder || waiting.has(nextHolder.sub) || !isOurs(next, holder)) return false;
  if (isSameAddress(nextHolder.email, next.email)) return false;
  return findsRoom(nextHolder, next, sides, waiting.add(holder.sub));
}
