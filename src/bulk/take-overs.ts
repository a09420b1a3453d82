import { decide } from '../mirror/decide/decide.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { WorkosUser } from '../workos/users.ts';
import type { WorkosIndex } from './workos-index.ts';

type Index = Pick<WorkosIndex, 'byExternalId' | 'byEmail'>;

/**
 * The WorkOS user without an external id and with an unverified address that this profile would take over, with
 * its password overwritten; undefined where it would not, or the rules do not allow it.
 */
export function takenOver(
  user: ObservedUser,
  index: Index,
  rules: MirrorRules,
): WorkosUser | undefined {
  if (!rules.takeOverUnverified || user.email === undefined) return undefined;
  const byEmail = index.byEmail(user.email);
  if (!byEmail || byEmail.externalId !== undefined || index.byExternalId(user.sub))
    return undefined;
  const confirmation = { user, asOf: 'now' } as const;
  const decision = decide(user, { byEmail }, rules, { confirmation });
  return decision.kind === 'update' && decision.cleanUp !== undefined ? byEmail : undefined;
}

/** How many WorkOS users these profiles would take over. */
export function countTakeOvers(
  pages: Iterable<readonly ObservedUser[]>,
  index: Index,
  rules: MirrorRules,
): number {
  const ids = new Set<string>();
  for (const page of pages) {
    for (const user of page) {
      const target = takenOver(user, index, rules);
      if (target) ids.add(target.id);
    }
  }
  return ids.size;
}
