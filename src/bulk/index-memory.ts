import { KEYS } from '../mirror/decide/metadata.ts';
import type { MirrorMemory } from '../mirror/memory.ts';
import type { WorkosUser } from '../workos/users.ts';
import type { WorkosIndex } from './workos-index.ts';

/**
 * A memory that knows from the index of all WorkOS users where a sub is linked: a bulk run ends links that
 * it has not seen begin.
 */
export function withIndex(
  memory: MirrorMemory,
  index: Pick<WorkosIndex, 'byExternalId' | 'linkedTo'>,
): MirrorMemory {
  return {
    ...memory,
    recall(sub) {
      const linked = index.linkedTo(sub).find((user) => user.externalId !== sub && isTagged(user));
      if (!linked) return memory.recall(sub);
      return { workosUserId: linked.id, isSecondary: !index.byExternalId(sub) };
    },
  };
}

/** Without our pool tag the keys are the customer's, and no link of ours. */
function isTagged({ externalId, metadata }: WorkosUser): boolean {
  return externalId !== undefined && Boolean(metadata[KEYS.pool]);
}
