import type { StrictWorkos } from '../../local/emulators/workos.ts';
import type { ShareLimiter } from '../../src/workos/share-limiter.ts';
import type { ListableWorkosUsers } from '../../src/workos/users.ts';
import { createWorkosUsers } from '../../src/workos/workos-users.ts';

/** The real adapter, WorkOS's SDK and all, on a stand-in. */
export function workosUsersOn(workos: StrictWorkos, limiter?: ShareLimiter): ListableWorkosUsers {
  return createWorkosUsers({
    config: {
      hostname: workos.hostname,
      port: workos.port,
      https: false,
      apiKey: { kind: 'value', value: workos.apiKey },
    },
    apiKey: { get: async () => workos.apiKey, renew: () => {} },
    counter: { sent: () => {}, rateLimited: () => {} },
    ...(limiter && { limiter }),
  });
}
