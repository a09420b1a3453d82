import { WORKOS_PRICES } from './prices.ts';

/** Dollars a month at WorkOS, by its price list, once the application signs its users in there. */
export type WorkosCost = {
  /** If every user who is brought is active in a month. */
  activeUsers: { users: number; dollars: number };
  /** One connection for each SAML or OIDC provider; undefined: more than have a listed price. */
  connections: { count: number; dollars: number | undefined };
};

export function toWorkosCost({
  users,
  connections,
}: {
  users: number;
  connections: number;
}): WorkosCost {
  const { freeUsers, furtherMillion, connection, connectionsAtThatPrice } = WORKOS_PRICES;
  const further = Math.ceil(Math.max(0, users - freeUsers) / freeUsers);
  return {
    activeUsers: { users, dollars: further * furtherMillion },
    connections: {
      count: connections,
      dollars: connections > connectionsAtThatPrice ? undefined : connections * connection,
    },
  };
}
