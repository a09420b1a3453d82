import type { CanaryClient } from './mark.ts';
import { removeAll } from './remove.ts';
import type { LeftBehind } from './types.ts';
import type { CanaryWorld } from './world.ts';

/** `removed`: the runs whose leftovers are gone; `atWork`: runs that may be under way, with the end of their lease. */
export type Swept = {
  removed: string[];
  atWork: { run: string; until: Date }[];
  left: LeftBehind[];
};

/**
 * Removes what earlier runs have left: those of the runs whose lease is over.
 *
 * @param options.evenLeased also those whose lease is not over: the operator knows that no other run is under way.
 * @param options.standing also the standing user of the schedule.
 */
export async function sweep(
  world: CanaryWorld,
  options: { evenLeased?: boolean; standing?: boolean } = {},
): Promise<Swept> {
  const swept: Swept = { removed: [], atWork: [], left: [] };
  const listed = await world.appClients.list();
  if (listed.kind === 'refused') {
    const reason = `leftovers of earlier runs cannot be looked for: ${listed.reason}`;
    world.observer.notice(reason);
    return swept;
  }
  for (const client of listed.value) {
    const until = leaseEnd(client);
    if (until === undefined && !options.standing) continue;
    if (until !== undefined && until > world.clock() && !options.evenLeased) {
      swept.atWork.push({ run: client.name.run, until });
      continue;
    }
    const left = await removeAll(world, client, 'unknown');
    swept.left.push(...left);
    if (left.length === 0) swept.removed.push(client.name.run);
  }
  return swept;
}

function leaseEnd({ name }: CanaryClient): Date | undefined {
  return name.leaseEnds === undefined ? undefined : new Date(name.leaseEnds * 1000);
}
