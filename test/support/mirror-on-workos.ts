import type { MirrorConfig } from '../../src/config.ts';
import { createMirror, type Mirror } from '../../src/mirror/mirror.ts';
import { createApiKeySource } from '../../src/workos/api-key.ts';
import { createWorkosDirectory } from '../../src/workos/workos-directory.ts';
import { type StrictWorkos, type StrictWorkosOptions, startStrictWorkos } from './strict-workos.ts';

/** The real mirror, through WorkOS's SDK, on the strict stand-in. */
export type MirrorOnWorkos = {
  workos: StrictWorkos;
  /** A mirror with its own memory, as another Lambda sandbox would have. */
  mirrorWith(config?: Partial<MirrorConfig>): Mirror;
  close(): Promise<void>;
};

export async function startMirrorOnWorkos(
  options: StrictWorkosOptions = {},
): Promise<MirrorOnWorkos> {
  const workos = await startStrictWorkos(options);
  const noSsm = () => {
    throw new Error('no parameter is configured');
  };
  return {
    workos,
    mirrorWith(config = {}) {
      const apiKey = { kind: 'value', value: workos.apiKey } as const;
      const directory = createWorkosDirectory({
        config: { hostname: workos.hostname, port: workos.port, https: false, apiKey },
        apiKey: createApiKeySource(apiKey, noSsm),
        counter: { sent: () => {}, rateLimited: () => {} },
      });
      return createMirror({ directory, config: { trustedEmailProviders: new Set(), ...config } });
    },
    close: () => workos.close(),
  };
}
