import type { BothSides } from '../compare/both-sides.ts';
import { compareUser } from '../compare/compare-user.ts';
import type { ComparisonVerdict } from '../compare/verdict.ts';
import { hasRoomForMailMark, metadataToTags } from '../mirror/decide/metadata.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';
import { hasPassword, isFederated, needsNewPassword } from '../mirror/decide/tags.ts';
import { isSameAddress } from '../user/address.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { WorkosUser } from '../workos/users.ts';
import { KEPT, type NoMailReason } from './no-mail.ts';

export type MailRules = {
  /** The mirror's: whose account it is. */
  mirror: MirrorRules;
  /** Mail unverified addresses, too: the owner knows where they come from. Default false. */
  includeUnverified?: boolean;
};

export type Eligibility =
  | { kind: 'eligible'; workosUser: WorkosUser }
  | { kind: 'skipped'; reason: NoMailReason; workosUser?: WorkosUser };

/**
 * Does this Cognito profile get a password-reset mail, and through which WorkOS user? A native profile
 * that is linked to providers has a password too. Whether the mail was sent before, the mark says.
 *
 * @param sides both sides, as they are known: which other users have to do with the account.
 * @param verdict the verdict of the comparison, where it is known already.
 */
export function userToEligibility(
  user: ObservedUser,
  sides: BothSides,
  { mirror, includeUnverified = false }: MailRules,
  verdict = () => compareUser(user, { ...sides, rules: mirror, isLive: true }),
): Eligibility {
  const { index } = sides;
  const linked = index.linkedTo(user.sub);
  const workosUser =
    index.byExternalId(user.sub) ??
    linked.find((each) => isSameAddress(each.email, user.email)) ??
    linked[0];
  const reason =
    profileToReason(user) ??
    (workosUser === undefined
      ? 'not_in_workos'
      : (addressToReason(user, workosUser, includeUnverified) ??
        doubtToReason(verdict()) ??
        passwordToReason(user, workosUser)));
  if (workosUser && reason === undefined && hasRoomForMailMark(workosUser.metadata)) {
    return { kind: 'eligible', workosUser };
  }
  const without = workosUser ? 'metadata_full' : 'not_in_workos';
  return { kind: 'skipped', reason: reason ?? without, ...(workosUser && { workosUser }) };
}

function profileToReason(user: ObservedUser): NoMailReason | undefined {
  if (isFederated(user)) return 'federated_only';
  if (user.enabled === false) return 'disabled';
  if (user.status === 'UNCONFIRMED') return 'unconfirmed';
  if (!hasPassword(user)) return 'other_status';
  if (user.email === undefined) return 'no_email';
  return undefined;
}

function addressToReason(
  user: ObservedUser,
  workosUser: WorkosUser,
  includeUnverified: boolean,
): NoMailReason | undefined {
  if (!user.emailVerified && !includeUnverified) return 'email_unverified';
  if (!isSameAddress(user.email, workosUser.email)) return 'email_differs';
  if (!workosUser.emailVerified && !includeUnverified) return 'email_unverified_in_workos';
  return undefined;
}

/** A password that an administrator has invalidated in Cognito is not one that the user keeps. */
function passwordToReason(user: ObservedUser, { metadata }: WorkosUser): NoMailReason | undefined {
  return metadataToTags(metadata).carried && !needsNewPassword(user) ? KEPT : undefined;
}

/** Only an account that verify finds to be this person's is mailed. */
function doubtToReason(verdict: ComparisonVerdict): NoMailReason | undefined {
  switch (verdict.kind) {
    case 'inSync':
    case 'stale':
      return undefined;
    case 'missing':
      return 'not_in_workos';
    default:
      return 'in_conflict';
  }
}
