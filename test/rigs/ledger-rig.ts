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

/** Two WorkOS on one pool: one mirrored to with a ledger, one without. */
export type Clock = { ms: number };
export type Rig = {
  bare: StrictWorkos;
  led: StrictWorkos;
  cognito: StrictCognito;
  dynamodb: LocalDynamodb;
  clock: Clock;
  profiles: Profiles;
  bareMirror(): Mirror;
  /** A sandbox of its own on the one table; what has to be retried is delivered again. */
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
