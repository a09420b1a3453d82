import type { PoolControl } from './pool.ts';
import type { PaginationTokens } from './tokens.ts';
import type { StrictCognitoControl, StrictCognitoUser } from './types.ts';
import type { UserList } from './users.ts';

/** The tests' side of the stand-in. */
export function createControl(parts: {
  users: UserList;
  tokens: PaginationTokens;
  pool: PoolControl;
  clock: () => number;
}): StrictCognitoControl {
  const { users, tokens, pool, clock } = parts;
  function find(username: string): { position: number; user: StrictCognitoUser } {
    const position = users.positionOf(username);
    const user = position === undefined ? undefined : users.at(position);
    if (position === undefined || !user) throw new Error(`no user ${username}`);
    return { position, user };
  }

  return {
    pool,
    requests: [],
    denied: new Set(),
    onRequest: undefined,
    put(user) {
      if (users.positionOf(user.Username) !== undefined) throw new Error(`${user.Username}: taken`);
      users.add(user);
    },
    update(username, { attributes = {}, ...fields }) {
      const { position, user } = find(username);
      const all = Object.fromEntries(user.Attributes.map(({ Name, Value }) => [Name, Value]));
      const Attributes = Object.entries({ ...all, ...attributes }).flatMap(([Name, Value]) =>
        Value === undefined ? [] : [{ Name, Value }],
      );
      const UserLastModifiedDate = clock() / 1000;
      users.set(position, { ...user, ...fields, Attributes, UserLastModifiedDate });
    },
    has: (username) => users.positionOf(username) !== undefined,
    remove: (username) => users.set(find(username).position, undefined),
    expireTokens: tokens.expireAll,
  };
}
