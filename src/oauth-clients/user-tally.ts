import { isFederated } from '../mirror/decide/tags.ts';
import type { ObservedUser } from '../user/observed-user.ts';

/**
 * Users who can sign in with a provider. `federatedOnly`: it, or another provider, is their only way.
 * `linked`: they also have a password.
 */
export type ProviderUsers = { total: number; federatedOnly: number; linked: number };

export type UserTally = {
  /** False for a user that was counted before: a listing may begin anew. */
  add(user: ObservedUser): boolean;
  of(providerName: string): ProviderUsers;
  names(): string[];
};

export function createUserTally(): UserTally {
  const counted = new Set<string>();
  const byName = new Map<string, ProviderUsers>();
  return {
    add(user) {
      if (counted.has(user.sub)) return false;
      counted.add(user.sub);
      const kind = isFederated(user) ? 'federatedOnly' : 'linked';
      for (const name of new Set(user.identities.map(({ providerName }) => providerName))) {
        const count = byName.get(name) ?? none();
        count.total++;
        count[kind]++;
        byName.set(name, count);
      }
      return true;
    },
    of: (name) => byName.get(name) ?? none(),
    names: () => [...byName.keys()],
  };
}

function none(): ProviderUsers {
  return { total: 0, federatedOnly: 0, linked: 0 };
}
