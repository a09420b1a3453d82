import type { Accounts } from './accounts.ts';
import type { StrictUser } from './api-types.ts';
import type { AccountControl } from './control-types.ts';
import { isPassword } from './passwords.ts';

/** The tests' side of what people and owners do in WorkOS themselves. */
export function createAccountControl(accounts: Accounts): AccountControl {
  const { users, passwords, sessions, factors } = accounts;

  function userOf(userId: string): StrictUser {
    const user = users.byId(userId);
    if (!user) throw new Error(`no user has the id ${userId}`);
    return user;
  }

  return {
    register({ password, ...person }) {
      const taken = users.byEmail(person.email);
      if (taken) throw new Error(`register: ${person.email} is taken by ${taken.id}`);
      const user = users.insert(person);
      passwords.set(user.id, { kind: 'plain', password });
      return structuredClone(user);
    },
    verifyEmail(userId) {
      const user = userOf(userId);
      users.change(user, { email_verified: true });
      return structuredClone(user);
    },
    updateUser(userId, changes) {
      const user = userOf(userId);
      const { email = user.email, external_id: externalId } = changes;
      const owners = [
        users.byEmail(email),
        typeof externalId === 'string' ? users.byExternalId(externalId) : undefined,
      ];
      const taken = owners.find((owner) => owner && owner !== user);
      if (taken) throw new Error(`updateUser: taken by ${taken.id}: ${JSON.stringify(changes)}`);
      const email_verified = users.staysVerified(user, email);
      users.change(user, { email_verified, ...structuredClone(changes) });
      return structuredClone(user);
    },
    deleteUser: (userId) => accounts.remove(userOf(userId)),
    signIn: (userId, authMethod = 'password') =>
      structuredClone(accounts.signIn(userOf(userId), authMethod)),
    openSession: (userId, authMethod = 'password') =>
      structuredClone(sessions.open(userOf(userId).id, authMethod)),
    sessionsOf: (userId) => structuredClone(sessions.of(userId)),
    addFactor: (userId, factor = {}) => structuredClone(factors.add(userOf(userId), factor)),
    setPassword(userId, password) {
      passwords.set(userOf(userId).id, { kind: 'plain', password });
    },
    passwordOf: (userId) => structuredClone(passwords.get(userOf(userId).id)),
    verifyPassword(userId, password) {
      const set = passwords.get(userOf(userId).id);
      const right = set ? isPassword(set, password) : false;
      if (right === undefined) throw new Error(`${userId} has a hash that cannot be checked here`);
      return right;
    },
  };
}
