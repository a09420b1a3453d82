import type { StrictWorkos } from '../../local/emulators/workos.ts';
import type { StartRate } from '../../src/workos/rate-limiter.ts';
import type { ListableWorkosUsers } from '../../src/workos/users.ts';
import { createWorkosUsers } from '../../src/workos/workos-users.ts';

/** The real adapter, WorkOS's SDK and all, on a stand-in. */
export function workosUsersOn(workos: StrictWorkos, startRate?: StartRate): ListableWorkosUsers {
  return createWorkosUsers({
    config: {
      hostname: workos.hostname,
      port: workos.port,
      https: false,
      apiKey: { kind: 'value', value: workos.apiKey },
    },
    apiKey: { get: async () => workos.apiKey, renew: () => {} },
    counter: { sent: () => {}, rateLimited: () => {} },
    ...(startRate && { startRate }),
  });
}
