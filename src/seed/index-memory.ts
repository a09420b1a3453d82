import type { MirrorMemory } from '../mirror/memory.ts';
import type { UserIndex } from './user-index.ts';

/**
 * A memory that knows from the index of all WorkOS users where a sub is linked: a bulk run ends links that
 * nobody has seen come about.
 */
export function withIndex(memory: MirrorMemory, index: Pick<UserIndex, 'linkedTo'>): MirrorMemory {
  return {
    ...memory,
    recall(sub) {
      const linked = index.linkedTo(sub).find(({ externalId }) => externalId !== sub);
      return linked ? { workosUserId: linked.id, isSecondary: true } : memory.recall(sub);
    },
  };
}
