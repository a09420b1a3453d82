import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import {
  type StrictWorkos,
  type StrictWorkosOptions,
  startStrictWorkos,
} from '../../local/emulators/workos.ts';
import { createPoolProfiles } from '../../src/cognito/pool-profiles.ts';
import type { MirrorConfig } from '../../src/config/mirror.ts';
import { createMirror, type Mirror } from '../../src/mirror/mirror.ts';
import type { Profiles } from '../../src/user/profiles.ts';
import { showInPool } from '../fixtures/cognito-records.ts';
import { type StrictCognito, startStrictCognito } from '../stand-ins/strict-cognito.ts';
import { workosUsersOn } from './workos-users-on.ts';

/** The real mirror, through WorkOS's and AWS's SDKs, on strict stand-ins of both. */
export type MirrorOnWorkos = {
  workos: StrictWorkos;
  cognito: StrictCognito;
  /** What the mirrors ask about profiles. */
  profiles: Profiles;
  /**
   * A mirror with memory of its own, as in another Lambda sandbox. Before each call, the pool is set to show the
   * observed user.
   */
  mirrorWith(config?: Partial<MirrorConfig>): Mirror;
  /** The same for observations that may be old: the pool is left as it is. */
  mirrorOld(config?: Partial<MirrorConfig>): Mirror;
  close(): Promise<void>;
};

export async function startMirrorOnWorkos(
  options: StrictWorkosOptions = {},
): Promise<MirrorOnWorkos> {
  const workos = await startStrictWorkos(options);
  const cognito = await startStrictCognito();
  const client = new CognitoIdentityProviderClient({
    endpoint: cognito.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const profiles = createPoolProfiles({ client, clock: () => new Date() });
  const mirrorOld: MirrorOnWorkos['mirrorOld'] = (config = {}) =>
    createMirror({
      workosUsers: workosUsersOn(workos),
      profiles,
      config: { trustedProviders: new Map(), ...config },
    });
  return {
    workos,
    cognito,
    profiles,
    mirrorOld,
    mirrorWith(config) {
      const mirror = mirrorOld(config);
      return (user, signal, password) => {
        showInPool(cognito, user);
        return mirror(user, signal, password);
      };
    },
    async close() {
      client.destroy();
      await workos.close();
      await cognito.close();
    },
  };
}
