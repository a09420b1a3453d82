import {
  type StrictWorkos,
  type StrictWorkosOptions,
  startStrictWorkos,
} from '../../local/emulators/workos.ts';
import type { MirrorConfig } from '../../src/config.ts';
import { createMirror, type Mirror } from '../../src/mirror/mirror.ts';
import { directoryOn } from './directory-on.ts';

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
  return {
    workos,
    mirrorWith(config = {}) {
      const directory = directoryOn(workos);
      return createMirror({ directory, config: { trustedEmailProviders: new Set(), ...config } });
    },
    close: () => workos.close(),
  };
}
