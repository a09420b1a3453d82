import { changesToDifference, joinDifferences } from '../mirror/changes-to-difference.ts';
import type { FieldDifference } from '../mirror/field-difference.ts';
import type { WorkosUsers } from '../workos/users.ts';
import type { WorkosIndex } from './workos-index.ts';

/** What the writes of a run have changed, field by field, until the outcome of the user is known. */
export type WrittenDifferences = {
  /** The same users; what is written through them is noted. */
  watch(users: WorkosUsers): WorkosUsers;
  /** What was noted of a WorkOS user, once. */
  take(workosUserId: string): FieldDifference | undefined;
};

/** @param index all WorkOS users as they were before a write. */
export function createWrittenDifferences(index: Pick<WorkosIndex, 'byId'>): WrittenDifferences {
  const noted = new Map<string, FieldDifference>();

  function note(workosUserId: string, difference: FieldDifference): void {
    const earlier = noted.get(workosUserId);
    noted.set(workosUserId, earlier ? joinDifferences(earlier, difference) : difference);
  }

  return {
    watch: (users) => ({
      ...users,
      async create(user, signal) {
        const result = await users.create(user, signal);
        if (result.kind === 'written') note(result.user.id, changesToDifference(user));
        return result;
      },
      async update(id, changes, signal) {
        const before = index.byId(id);
        const result = await users.update(id, changes, signal);
        if (result.kind === 'written') note(id, changesToDifference(changes, before));
        return result;
      },
    }),
    take(workosUserId) {
      const difference = noted.get(workosUserId);
      noted.delete(workosUserId);
      return difference;
    },
  };
}
