import type { GeneratedUsers, StrictCognitoUser } from './types.ts';

const CREATED = Date.UTC(2025, 0, 1) / 1000;

/** A confirmed user with these attributes and no others; `partial` replaces other fields. */
export function cognitoUser(
  attributes: { sub: string } & Record<string, string>,
  partial: Partial<Omit<StrictCognitoUser, 'Attributes'>> = {},
): StrictCognitoUser {
  return {
    Username: attributes.sub,
    Attributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    UserCreateDate: CREATED + 0.123,
    UserLastModifiedDate: CREATED + 0.456,
    Enabled: true,
    UserStatus: 'CONFIRMED',
    ...partial,
  };
}

export type UserList = {
  /** The first position that was never used. */
  end(): number;
  /** Undefined where a user has been removed. */
  at(position: number): StrictCognitoUser | undefined;
  /** By username, or by sub: AdminGetUser takes both (API reference, AdminGetUser: Username). */
  positionOf(usernameOrSub: string): number | undefined;
  add(user: StrictCognitoUser): void;
  set(position: number, user: StrictCognitoUser | undefined): void;
};

/** Users in the order of the listing: the generated ones, then the added ones. */
export function createUserList(generated: GeneratedUsers): UserList {
  /** What differs from the generated users; undefined is a removed one. */
  const stored = new Map<number, StrictCognitoUser | undefined>();
  const added = new Map<string, number>();
  let end = generated.count;

  function at(position: number): StrictCognitoUser | undefined {
    if (stored.has(position)) return stored.get(position);
    return position < generated.count ? generated.record(position) : undefined;
  }

  function positionOf(id: string): number | undefined {
    const known = added.get(id) ?? generated.indexOf?.(id);
    if (known !== undefined || generated.indexOf) return known;
    for (let position = 0; position < generated.count; position++) {
      const user = at(position);
      if (user && idsOf(user).includes(id)) return position;
    }
    return undefined;
  }

  function set(position: number, user: StrictCognitoUser | undefined): void {
    for (const id of idsOf(at(position))) added.delete(id);
    stored.set(position, structuredClone(user));
    for (const id of idsOf(user)) added.set(id, position);
  }

  return { end: () => end, at, positionOf, set, add: (user) => set(end++, user) };
}

function idsOf(user: StrictCognitoUser | undefined): string[] {
  if (!user) return [];
  const subs = user.Attributes.filter(({ Name }) => Name === 'sub').map(({ Value }) => Value);
  return [user.Username, ...subs];
}
