import type { ObservedUser } from '../../user/observed-user.ts';

/**
 * Cognito's names → WorkOS's (docs/design.md#attributes): `given_name`, else the first word of `name`;
 * `family_name`, else the rest of `name`. Absent stays absent.
 */
export function userToNames(user: ObservedUser): { firstName?: string; lastName?: string } {
  const [first, ...rest] = (user.name ?? '').split(/\s+/).filter((word) => word !== '');
  const firstName = user.givenName ?? first;
  const lastName = user.familyName ?? (rest.join(' ') || undefined);
  return {
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
  };
}
