import type { StrictAuthFactor, StrictUser } from './api-types.ts';
import { type CreationOrder, createCreationOrder } from './creation-order.ts';

/** The second factors that users have enrolled. The environment does not require one to sign in. */
export function createAuthFactors(now: () => string) {
  const factors = new Map<string, CreationOrder<StrictAuthFactor>>();
  let added = 0;

  function of(userId: string): CreationOrder<StrictAuthFactor> {
    const known = factors.get(userId);
    if (known) return known;
    const order = createCreationOrder<StrictAuthFactor>();
    factors.set(userId, order);
    return order;
  }

  return {
    of,
    removeAll: (userId: string) => void factors.delete(userId),

    /** An authenticator app, unless `partial` says otherwise. */
    add(user: StrictUser, partial: Partial<StrictAuthFactor>): StrictAuthFactor {
      added += 1;
      const at = now();
      const factor: StrictAuthFactor = {
        object: 'authentication_factor',
        id: `auth_factor_01${String(added).padStart(24, '0')}`,
        type: 'totp',
        user_id: user.id,
        ...(partial.type === undefined && { totp: { issuer: 'WorkOS', user: user.email } }),
        created_at: at,
        updated_at: at,
        ...partial,
      };
      of(user.id).add(factor);
      return factor;
    },
  };
}
