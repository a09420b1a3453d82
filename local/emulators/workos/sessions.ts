import type { StrictSession } from './api-types.ts';
import { type CreationOrder, createCreationOrder } from './creation-order.ts';

/** Longer than any test: no session expires here. */
const LIFETIME_MS = 365 * 24 * 60 * 60 * 1_000;

/** The sessions of an environment's users; the ended ones too, for tests to look at. */
export function createSessions(clock: () => number) {
  const all: StrictSession[] = [];
  const active = new Map<string, CreationOrder<StrictSession>>();

  /** OpenAPI, list sessions: "all active sessions for a specific user". */
  function activeOf(userId: string): CreationOrder<StrictSession> {
    const known = active.get(userId);
    if (known) return known;
    const order = createCreationOrder<StrictSession>();
    active.set(userId, order);
    return order;
  }

  return {
    activeOf,
    of: (userId: string) => all.filter((session) => session.user_id === userId),

    open(userId: string, authMethod: StrictSession['auth_method']): StrictSession {
      const at = new Date(clock()).toISOString();
      const session: StrictSession = {
        object: 'session',
        id: `session_01${String(all.length + 1).padStart(24, '0')}`,
        user_id: userId,
        auth_method: authMethod,
        status: 'active',
        ip_address: null,
        user_agent: null,
        expires_at: new Date(clock() + LIFETIME_MS).toISOString(),
        ended_at: null,
        created_at: at,
        updated_at: at,
      };
      all.push(session);
      activeOf(userId).add(session);
      return session;
    },

    /** False where no active session has this id. */
    revoke(id: string): boolean {
      const session = all.find((each) => each.id === id && each.status === 'active');
      if (!session) return false;
      const at = new Date(clock()).toISOString();
      Object.assign(session, { status: 'revoked', ended_at: at, updated_at: at });
      activeOf(session.user_id).remove(id);
      return true;
    },
  };
}
