export type CreationOrder<T> = ReturnType<typeof createCreationOrder<T & { id: string }>>;

/**
 * Things in the order of their creation. An id keeps its place when what it names is removed, so that
 * a listing goes on from a cursor that was deleted meanwhile: WorkOS documents no error for one, and
 * its ids are in the order of creation.
 */
export function createCreationOrder<T extends { id: string }>() {
  const oldestFirst: T[] = [];
  const numbers = new Map<string, number>();
  let added = 0;

  const numberOf = (id: string) => numbers.get(id) ?? Number.NaN;

  return {
    oldestFirst: oldestFirst as readonly T[],
    /** Of everything that was ever added. */
    count: () => added,
    has: (id: string) => numbers.has(id),

    add(item: T): void {
      numbers.set(item.id, added);
      added += 1;
      oldestFirst.push(item);
    },

    remove(id: string): void {
      const at = oldestFirst.findIndex((item) => item.id === id);
      if (at >= 0) oldestFirst.splice(at, 1);
    },

    /** How many are older than an id that was added once. */
    olderThan(id: string): number {
      const number = numberOf(id);
      let low = 0;
      let high = oldestFirst.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        const item = oldestFirst[middle];
        if (item && numberOf(item.id) < number) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  };
}
