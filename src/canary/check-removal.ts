import { randomUUID } from 'node:crypto';
import { OperatorError } from '../operator-error.ts';
import type { CanaryWorld } from './world.ts';

/** In the form of an app client's id; no pool has it. */
const NO_CLIENT = 'cwscanarynoappclient';
/** In the form of WorkOS's ids; no user has it. */
const NO_WORKOS_USER = 'user_00000000000000000000000000';

/**
 * Proves, before anything is made, that it could be removed again: removes what does not exist, on both sides.
 *
 * @throws OperatorError that says what to allow; RetryableError where WorkOS does not answer.
 */
export async function checkRemoval(
  world: Pick<CanaryWorld, 'pool' | 'appClients' | 'workos'>,
): Promise<void> {
  const nobody = `cws-canary-nobody-${randomUUID()}`;
  for (const ask of [
    () => world.pool.find(nobody),
    () => world.pool.delete(nobody),
    () => world.appClients.list(),
    () => world.appClients.delete(NO_CLIENT),
  ]) {
    const answer = await ask();
    if (answer.kind === 'refused') {
      throw new OperatorError(
        `nothing was made, because it could not be removed: ${answer.reason}`,
      );
    }
  }
  await world.workos.users.delete(NO_WORKOS_USER);
}
