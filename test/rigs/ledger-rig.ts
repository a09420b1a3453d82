import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { type LocalDynamodb, startDynamodb } from '../../local/emulators/dynamodb.ts';
import {
  type StrictWorkos,
  type StrictWorkosOptions,
  startStrictWorkos,
} from '../../local/emulators/workos.ts';
import { createPoolProfiles } from '../../src/cognito/pool-profiles.ts';
import { createMirrorWithLedger } from '../../src/ledger/connect-ledger.ts';
import { createMirror, type Mirror } from '../../src/mirror/mirror.ts';
import type { Profiles } from '../../src/user/profiles.ts';
import { RetryableError } from '../../src/workos/users.ts';
import { type StrictCognito, startStrictCognito } from '../stand-ins/strict-cognito.ts';
import { workosUsersOn } from './workos-users-on.ts';

/** One pool with two mirrors, one with a ledger and one without, each with a WorkOS of its own. */
export type Rig = {
  /** The WorkOS of the mirrors without a ledger. */
  bare: StrictWorkos;
  /** The WorkOS of the mirrors with one. */
  led: StrictWorkos;
  cognito: StrictCognito;
  dynamodb: LocalDynamodb;
  /** The time of both mirrors, in milliseconds since the epoch; tests set it. */
  clock: { ms: number };
  profiles: Profiles;
  bareMirror(): Mirror;
  /** A mirror as in another Lambda sandbox, on the same table. It retries retryable errors, as deliveries do. */
  ledMirror(): Mirror;
  close(): Promise<void>;
};
export const RULES = { trustedProviders: new Map() };

export async function startRig(options: StrictWorkosOptions = {}): Promise<Rig> {
  const clock = { ms: Date.UTC(2026, 0, 1) };
  const bare = await startStrictWorkos(options);
  const led = await startStrictWorkos(options);
  const cognito = await startStrictCognito();
  const dynamodb = await startDynamodb();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  const client = new CognitoIdentityProviderClient({
    endpoint: cognito.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const now = () => new Date(clock.ms);
  const profiles = createPoolProfiles({ client, clock: now });
  return {
    bare,
    led,
    cognito,
    dynamodb,
    clock,
    profiles,
    bareMirror: () => createMirror({ workosUsers: workosUsersOn(bare), profiles, config: RULES }),
    ledMirror() {
      const { mirror: ledger } = createMirrorWithLedger({
        mirror: { workosUsers: workosUsersOn(led), profiles, config: RULES },
        config: { table: dynamodb.table, trustHours: 24 },
        clock: now,
        onUnavailable: () => {},
      });
      return async (user, signal) => {
        for (let deliveries = 1; ; deliveries++) {
          await ledger.prepare([user], signal);
          try {
            return await ledger.mirror(user, signal, { deliveries });
          } catch (error) {
            if (!(error instanceof RetryableError) || deliveries > 8) throw error;
          }
        }
      };
    },
    async close() {
      client.destroy();
      await bare.close();
      await led.close();
      await cognito.close();
      await dynamodb.close();
    },
  };
}
