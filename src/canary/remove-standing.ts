import { STANDING } from './mark.ts';
import { type RemovalWorld, removeAll } from './remove.ts';
import type { LeftBehind } from './types.ts';

/**
 * Removes the standing user of the schedule on both sides, and its app client.
 *
 * The ledger and the queue are not asked: the stack is about to go.
 */
export async function removeStanding(
  world: Omit<RemovalWorld, 'lookInLedger' | 'lookAtQueue'>,
): Promise<LeftBehind[]> {
  const listed = await world.appClients.list();
  if (listed.kind === 'refused') {
    return [{ kind: 'app_client', id: STANDING, reason: listed.reason }];
  }
  const blind = {
    ...world,
    lookInLedger: async () => 'unknown' as const,
    lookAtQueue: async () => 'unknown' as const,
  };
  const left: LeftBehind[] = [];
  for (const client of listed.value) {
    if (client.name.run === STANDING) left.push(...(await removeAll(blind, client, 'unknown')));
  }
  return left;
}
