import type { StrictUser } from './types.ts';

export type UserIndex = ReturnType<typeof createUserIndex>;

/** The users of one environment, by everything that must be unique. */
export function createUserIndex(now: () => string) {
  /** Users are never deleted, so a place in this list is a user's for good. */
  const oldestFirst: StrictUser[] = [];
  const positions = new Map<string, number>();
  const ids = new Map<string, StrictUser>();
  const emails = new Map<string, StrictUser>();
  const externalIds = new Map<string, StrictUser>();

  function addKeys(user: StrictUser): void {
    emails.set(user.email.toLowerCase(), user);
    if (user.external_id !== null) externalIds.set(user.external_id, user);
  }

  return {
    oldestFirst,
    positionOf: (id: string) => positions.get(id),
    byId: (id: string) => ids.get(id),
    byEmail: (email: string) => emails.get(email.toLowerCase()),
    byExternalId: (externalId: string) => externalIds.get(externalId),

    /** What `partial` leaves out is made up; the caller has seen to uniqueness. */
    insert(partial: Partial<StrictUser>): StrictUser {
      const number = String(oldestFirst.length + 1);
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
      positions.set(user.id, oldestFirst.push(user) - 1);
      ids.set(user.id, user);
      addKeys(user);
      return user;
    },

    change(user: StrictUser, change: Partial<StrictUser>): void {
      emails.delete(user.email.toLowerCase());
      if (user.external_id !== null) externalIds.delete(user.external_id);
      Object.assign(user, change, { updated_at: now() });
      addKeys(user);
    },
  };
}
