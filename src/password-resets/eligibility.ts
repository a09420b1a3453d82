import type { MirrorRules } from '../mirror/decide/rules.ts';
import { isFederated } from '../mirror/decide/tags.ts';
import { isSameAddress } from '../user/address.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import { type ComparisonVerdict, compareUser, type Sides } from '../verify/compare-user.ts';
import type { WorkosUser } from '../workos/users.ts';

/**
 * Why somebody gets no mail:
 *
 * - `federated_only`: a profile of an identity provider has no password.
 * - `disabled`, `unconfirmed`, `no_email`: not mirrored either.
 * - `other_status`: a status Cognito does not let sign in with a password (ARCHIVED, UNKNOWN…).
 * - `not_in_workos`: seed first.
 * - `email_unverified`: Cognito does not know whose address it is; a stranger could get the mail.
 * - `email_differs`: WorkOS would mail another address than Cognito's. Seed or verify first.
 * - `email_unverified_in_workos`: the same address, but the verification has not arrived there yet.
 * - `in_conflict`: verify would report a conflict, so that nobody knows whose account it is.
 */
export type SkipReason =
  | 'federated_only'
  | 'disabled'
  | 'unconfirmed'
  | 'other_status'
  | 'no_email'
  | 'not_in_workos'
  | 'email_unverified'
  | 'email_differs'
  | 'email_unverified_in_workos'
  | 'in_conflict';

export type MailRules = {
  /** The mirror's: whose account it is. */
  mirror: MirrorRules;
  /** Addresses that nobody has verified are mailed, too: the owner knows where they come from. */
  includeUnverified?: boolean;
};

export type Eligibility =
  | { kind: 'eligible'; workosUser: WorkosUser }
  | { kind: 'skipped'; reason: SkipReason; workosUser?: WorkosUser };

/**
 * Those who sign in with a password (API reference, UserType: UserStatus). The last one has only a
 * temporary password, given by an administrator: WorkOS does not know that one either.
 */
const WITH_PASSWORD = new Set(['CONFIRMED', 'RESET_REQUIRED', 'FORCE_CHANGE_PASSWORD']);

/**
 * Does this Cognito profile get a password-reset mail, and through which WorkOS user? A native profile
 * that is linked to providers has a password too.
 *
 * @param sides both sides, as they are known: who else has to do with the account.
 */
export function userToEligibility(
  user: ObservedUser,
  sides: Sides,
  { mirror, includeUnverified = false }: MailRules,
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
        doubtToReason(compareUser(user, sides, mirror, true))));
  if (reason === undefined && workosUser) return { kind: 'eligible', workosUser };
  return { kind: 'skipped', reason: reason ?? 'not_in_workos', ...(workosUser && { workosUser }) };
}

function profileToReason(user: ObservedUser): SkipReason | undefined {
  if (isFederated(user)) return 'federated_only';
  if (user.enabled === false) return 'disabled';
  if (user.status === 'UNCONFIRMED') return 'unconfirmed';
  if (!WITH_PASSWORD.has(user.status ?? '')) return 'other_status';
  if (user.email === undefined) return 'no_email';
  return undefined;
}

function addressToReason(
  user: ObservedUser,
  workosUser: WorkosUser,
  includeUnverified: boolean,
): SkipReason | undefined {
  if (!user.emailVerified && !includeUnverified) return 'email_unverified';
  if (!isSameAddress(user.email, workosUser.email)) return 'email_differs';
  if (!workosUser.emailVerified && !includeUnverified) return 'email_unverified_in_workos';
  return undefined;
}

/** Only an account that verify finds to be this person's is mailed. */
function doubtToReason(verdict: ComparisonVerdict): SkipReason | undefined {
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
