import { metadataToTags } from '../mirror/decide/metadata.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import { syncedAt } from '../mirror/decide/stamp.ts';
import type { WorkosUser } from '../workos/users.ts';
import type { Comparison } from './comparison.ts';

/**
 * Notes the WorkOS users of this pool that Cognito no longer knows, once all Cognito users are in.
 *
 * Left out: one that another profile is about to take over (that profile is `stale`), or waits for (it is
 * in conflict), and, of an export, one that was synced after it.
 *
 * @param asOf the moment the Cognito users were read as of, where that is not now.
 */
export function findOrphans(
  comparison: Comparison,
  userPoolId: string,
  rules: MirrorRules,
  asOf?: string,
): void {
  const { orphans, findings } = comparison;
  orphans.clear();
  comparison.together(() => {
    for (const user of orphans.candidates(userPoolId)) {
      if (asOf !== undefined && syncedAt(user.metadata, rules) >= Date.parse(asOf)) continue;
      const { takers, joiners, waiting } = findings.claims(user.id);
      if (takers.length + waiting.length > 0) continue;
      orphans.put(user, joiners[0] ?? livingLinkedSub(user, comparison));
    }
  });
}

/** A linked profile may be disabled, and so claim nothing, and still be the same person. */
function livingLinkedSub(user: WorkosUser, { orphans, index }: Comparison): string | undefined {
  const { linkedSubs } = metadataToTags(user.metadata);
  return linkedSubs.find((sub) => orphans.isInCognito(sub) && !index.byExternalId(sub));
}
