import type { ListUsersQuery } from './types.ts';

interface Page<T> {
  data: T[];
  list_metadata: { before: string | null; after: string | null };
}

/**
 * One page of a list. `positionOf` gives an id's place in `oldestFirst`; both cursors, if given,
 * must be in it.
 *
 * OpenAPI, list users: `desc` and `asc` read `after` as "further down the list"; `normal` is
 * descending with reversed cursors: `before` fetches older records and `after` newer ones.
 */
export function pageOf<T extends { id: string }>(
  oldestFirst: readonly T[],
  positionOf: (id: string) => number,
  { order, limit, before, after }: ListUsersQuery,
): Page<T> {
  const [olderThan, newerThan] = order === 'desc' ? [after, before] : [before, after];
  const low = newerThan === undefined ? 0 : positionOf(newerThan) + 1;
  const high = olderThan === undefined ? oldestFirst.length : positionOf(olderThan);

  // A page touches its cursor; without one it touches the beginning of the list.
  const fromOldest =
    order === 'asc'
      ? olderThan === undefined || newerThan !== undefined
      : olderThan === undefined && newerThan !== undefined;
  const start = fromOldest ? low : Math.max(low, high - limit);
  const end = Math.max(start, fromOldest ? Math.min(high, low + limit) : high);

  const data = oldestFirst.slice(start, end);
  const older = data.length > 0 && start > 0 ? (data.at(0)?.id ?? null) : null;
  const newer = data.length > 0 && end < oldestFirst.length ? (data.at(-1)?.id ?? null) : null;
  return {
    data: order === 'asc' ? data : data.reverse(),
    list_metadata:
      order === 'desc' ? { before: newer, after: older } : { before: older, after: newer },
  };
}
