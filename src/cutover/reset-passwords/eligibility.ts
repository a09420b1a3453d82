import type { ObservedUser } from '../../cognito/observed-user.ts';
import { isFederated } from '../../mirror/tags.ts';
import type { DirectoryUser } from '../../workos/user-directory.ts';

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
  | 'email_unverified_in_workos';

export type MailRules = {
  /** Addresses that nobody has verified are mailed, too: the owner knows where they come from. */
  includeUnverified?: boolean;
};

export type Eligibility =
  | { kind: 'eligible'; workosUser: DirectoryUser }
  | { kind: 'skipped'; reason: SkipReason; workosUser?: DirectoryUser };

/**
 * Those who sign in with a password (API reference, UserType: UserStatus). The last one has only a
 * temporary password, given by an administrator: WorkOS does not know that one either.
 */
const WITH_PASSWORD = new Set(['CONFIRMED', 'RESET_REQUIRED', 'FORCE_CHANGE_PASSWORD']);

/**
 * Does this Cognito profile get a password-reset mail, and through which WorkOS user? A native profile
 * that is linked to providers has a password too.
 *
 * @param found WorkOS users with this sub as external id or among the linked subs, the former first.
 */
export function userToEligibility(
  user: ObservedUser,
  found: readonly DirectoryUser[],
  { includeUnverified = false }: MailRules = {},
): Eligibility {
  const email = user.email?.toLowerCase();
  const workosUser =
    found.find(({ externalId }) => externalId === user.sub) ??
    found.find((each) => each.email.toLowerCase() === email) ??
    found[0];
  const reason =
    profileToReason(user) ??
    (workosUser === undefined
      ? 'not_in_workos'
      : addressToReason(user, workosUser, includeUnverified));
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
  workosUser: DirectoryUser,
  includeUnverified: boolean,
): SkipReason | undefined {
  if (!user.emailVerified && !includeUnverified) return 'email_unverified';
  if (user.email?.toLowerCase() !== workosUser.email.toLowerCase()) return 'email_differs';
  if (!workosUser.emailVerified && !includeUnverified) return 'email_unverified_in_workos';
  return undefined;
}
