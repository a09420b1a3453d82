import type { StrictIdentity, StrictSession, StrictUser } from './api-types.ts';
import { createAuthFactors } from './auth-factors.ts';
import type { StrictPassword } from './passwords.ts';
import { createSessions } from './sessions.ts';
import { createEmulatedUserIndex } from './user-index.ts';
import type { UserWatcher } from './user-watcher.ts';

export type Accounts = ReturnType<typeof createAccounts>;

/** All that one WorkOS environment keeps of its users. */
export function createAccounts(
  clock: () => number,
  emailKey: (email: string) => string,
  watcher: UserWatcher = {},
) {
  const now = () => new Date(clock()).toISOString();
  const users = createEmulatedUserIndex(now, emailKey, watcher);
  const passwords = new Map<string, StrictPassword>();
  const identities = new Map<string, StrictIdentity[]>();
  const lockedEmails = new Set<string>();
  const sessions = createSessions(clock);
  const factors = createAuthFactors(now);

  return {
    users,
    passwords,
    identities,
    lockedEmails,
    sessions,
    factors,

    /** Reference, user: `last_sign_in_at` is when the user last signed in. */
    signIn(user: StrictUser, authMethod: StrictSession['auth_method']): StrictSession {
      users.change(user, { last_sign_in_at: now() });
      return sessions.open(user.id, authMethod);
    },

    /** The user's sessions end; everything else of the user is gone. */
    remove(user: StrictUser): void {
      for (const { id } of sessions.of(user.id)) sessions.revoke(id);
      passwords.delete(user.id);
      identities.delete(user.id);
      lockedEmails.delete(user.id);
      factors.removeAll(user.id);
      users.remove(user);
    },
  };
}
