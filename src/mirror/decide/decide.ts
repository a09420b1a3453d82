import type { ObservedUser } from '../../user/observed-user.ts';
import type { Decision, FoundUsers, KnownProfiles } from './decision.ts';
import { KEYS, metadataChanges, tagsToMetadata, withoutDeletions } from './metadata.ts';
import { userToNames } from './names.ts';
import { decideOnOwn } from './own-user.ts';
import type { MirrorRules } from './rules.ts';
import { decideOnSameEmail } from './same-email.ts';
import { toStamp } from './stamp.ts';
import { userToTags } from './tags.ts';
import { countsAsVerified } from './trust.ts';

/**
 * The rules of the mirror (docs/design.md#whose-account) as a pure function: an observed user and the WorkOS
 * users that it could be → what to do. Without such a WorkOS user: create one.
 *
 * @param user one for whom {@link skipReason} found nothing.
 */
export function decide(
  user: ObservedUser,
  found: FoundUsers,
  rules: MirrorRules,
  known: KnownProfiles = {},
): Decision {
  if (found.byExternalId) return decideOnOwn(user, found.byExternalId, rules, known);
  if (found.byEmail) return decideOnSameEmail(user, found.byEmail, rules, known.confirmation);
  const tags = { ...userToTags(user), unverified: !countsAsVerified(user, rules) };
  const desired = tagsToMetadata(tags, rules.clientIds ?? {});
  return {
    kind: 'create',
    by: 'not_found',
    user: {
      email: user.email ?? '',
      emailVerified: user.emailVerified,
      ...userToNames(user),
      externalId: user.sub,
      metadata: withoutDeletions(
        metadataChanges({}, { ...desired, [KEYS.syncedAt]: toStamp(user, rules) }),
      ),
    },
  };
}
