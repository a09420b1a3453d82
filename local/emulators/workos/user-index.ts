import type { StrictUser } from './api-types.ts';
import { createCreationOrder } from './creation-order.ts';
import type { UserWatcher } from './user-watcher.ts';

export type EmulatedUserIndex = ReturnType<typeof createEmulatedUserIndex>;

/**
 * The users of one environment, by everything that must be unique.
 *
 * @param emailKey is the same for emails that WorkOS takes for the same.
 */
export function createEmulatedUserIndex(
  now: () => string,
  emailKey: (email: string) => string,
  { onUser, onUserGone }: UserWatcher = {},
) {
  const order = createCreationOrder<StrictUser>();
  const ids = new Map<string, StrictUser>();
  const emails = new Map<string, StrictUser>();
  const externalIds = new Map<string, StrictUser>();

  function addKeys(user: StrictUser): void {
    emails.set(emailKey(user.email), user);
    if (user.external_id !== null) externalIds.set(user.external_id, user);
  }

  function removeKeys(user: StrictUser): void {
    emails.delete(emailKey(user.email));
    if (user.external_id !== null) externalIds.delete(user.external_id);
  }

  return {
    order,
    byId: (id: string) => ids.get(id),
    byEmail: (email: string) => emails.get(emailKey(email)),
    byExternalId: (externalId: string) => externalIds.get(externalId),

    /** https://workos.com/changelog/support-for-changing-email-addresses: a new one is unverified. */
    staysVerified: (user: StrictUser, email: string) =>
      user.email_verified && emailKey(email) === emailKey(user.email),

    /** What `partial` leaves out is made up; the caller has seen to uniqueness. */
    insert(partial: Partial<StrictUser>): StrictUser {
      const number = String(order.count() + 1);
      const at = now();
      const user: StrictUser = {
        object: 'user',
        id: `user_01${number.padStart(24, '0')}`,
        email: `user-${number}@example.com`,
        email_verified: false,
        first_name: null,
        last_name: null,
        external_id: null,
        metadata: {},
        profile_picture_url: null,
        last_sign_in_at: null,
        locale: null,
        created_at: at,
        updated_at: at,
        ...partial,
      };
      order.add(user);
      ids.set(user.id, user);
      addKeys(user);
      onUser?.(user);
      return user;
    },

    change(user: StrictUser, change: Partial<StrictUser>): void {
      removeKeys(user);
      Object.assign(user, change, { updated_at: now() });
      addKeys(user);
      onUser?.(user);
    },

    remove(user: StrictUser): void {
      removeKeys(user);
      ids.delete(user.id);
      order.remove(user.id);
      onUserGone?.(user.id);
    },
  };
}
