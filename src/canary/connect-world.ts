import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { noteDates } from '../aws/note-dates.ts';
import { createServerClock } from '../aws/server-clock.ts';
import type { SendRequestDependencies } from '../workos/send-request.ts';
import { createReadWholeUser } from '../workos/whole-user.ts';
import { createWorkosUsers } from '../workos/workos-users.ts';
import { createAppClients } from './app-clients.ts';
import { describePool } from './describe-pool.ts';
import { createPoolActions } from './pool-actions.ts';
import type { CanaryWorld } from './world.ts';

/** What the command and the function have alike. */
export type ConnectedWorld = Pick<
  CanaryWorld,
  'userPoolId' | 'facts' | 'pool' | 'appClients' | 'workos' | 'clock'
>;

/**
 * Connects the canary to both sides, and reads the pool's settings.
 *
 * @param sides.cognito must not retry by itself (`maxAttempts: 1`).
 * @throws OperatorError where the pool cannot be described.
 */
export async function connectWorld(sides: {
  userPoolId: string;
  cognito: CognitoIdentityProviderClient;
  workos: SendRequestDependencies;
}): Promise<ConnectedWorld> {
  const { userPoolId, cognito: client, workos } = sides;
  const serverClock = createServerClock();
  noteDates(client, serverClock);
  const pool = { client, userPoolId };
  return {
    userPoolId,
    facts: await describePool(pool),
    pool: createPoolActions(pool),
    appClients: createAppClients(pool),
    workos: { users: createWorkosUsers(workos), wholeUser: createReadWholeUser(workos) },
    clock: () => serverClock.now(),
  };
}
