import type { WorkosIndex } from './workos-index.ts';
import { type WorkosListing, workosPages } from './workos-pages.ts';

type ListIntoIndex = WorkosListing & {
  index: WorkosIndex;
  /** Runs `work` as one transaction: a page is one write to the disk. */
  together<T>(work: () => T): T;
  /** Told after each page how many users have been listed so far. */
  onPage?: (workosUsers: number) => void;
};

/**
 * Replaces the content of an index by all of WorkOS's users.
 *
 * @throws what {@link workosPages} throws.
 */
export async function listIntoIndex(dependencies: ListIntoIndex): Promise<void> {
  const { index, together, onPage } = dependencies;
  index.clear();
  let listed = 0;
  for await (const { users } of workosPages(dependencies)) {
    together(() => {
      for (const user of users) index.put(user);
    });
    listed += users.length;
    onPage?.(listed);
  }
}
