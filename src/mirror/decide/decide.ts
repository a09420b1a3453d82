import type { ObservedUser } from '../../user/observed-user.ts';
import type { Decision, Found, Known } from './decision.ts';
import { KEYS, type Metadata, metadataChanges, tagsToMetadata } from './metadata.ts';
import { userToNames } from './names.ts';
import { decideOnOwn } from './own-user.ts';
import type { MirrorRules } from './rules.ts';
import { decideOnSameEmail } from './same-email.ts';
import { toStamp } from './stamp.ts';
import { userToTags } from './tags.ts';
import { countsAsVerified } from './trust.ts';

/**
 * The rules of the mirror (docs/design.md) as a pure function: an observed user and the WorkOS users it
 * could be → what to do. Nobody found means create.
 *
 * @param user one for whom {@link skipReason} found nothing.
 */
export function decide(
  user: ObservedUser,
  found: Found,
  rules: MirrorRules,
  known: Known = {},
): Decision {
  if (found.byExternalId) return decideOnOwn(user, found.byExternalId, rules, known);
  if (found.byEmail) return decideOnSameEmail(user, found.byEmail, rules, known.confirmation);
  const tags = { ...userToTags(user), unverified: !countsAsVerified(user, rules) };
  const wanted = tagsToMetadata(tags, rules.clientIds ?? {});
  return {
    kind: 'create',
    user: {
      email: user.email ?? '',
      emailVerified: user.emailVerified,
      ...userToNames(user),
      externalId: user.sub,
      metadata: withoutNulls(
        metadataChanges({}, { ...wanted, [KEYS.syncedAt]: toStamp(user, rules) }),
      ),
    },
  };
}

function withoutNulls(changes: Record<string, string | null>): Metadata {
  const present = Object.entries(changes).filter((entry) => entry[1] !== null);
  return Object.fromEntries(present) as Metadata;
}
