import { invalidRequest } from './answers.ts';
import type { Answer, ListQuery } from './api-types.ts';
import type { CreationOrder } from './creation-order.ts';

interface Page<T> {
  data: T[];
  list_metadata: { before: string | null; after: string | null };
}

/** One page of a list; a cursor that was never in it is refused. */
export function listPage<T extends { id: string }>(
  order: CreationOrder<T>,
  query: ListQuery,
): Answer {
  for (const cursor of [query.after, query.before]) {
    if (cursor === undefined || order.has(cursor)) continue;
    return invalidRequest([{ code: 'invalid_cursor', message: `No such object: '${cursor}'.` }]);
  }
  return { status: 200, body: { object: 'list', ...pageOf(order, query) } };
}

/**
 * OpenAPI, list users: `desc` and `asc` read `after` as "further down the list"; `normal` is
 * descending with reversed cursors: `before` fetches older records and `after` newer ones.
 */
function pageOf<T extends { id: string }>(
  { oldestFirst, olderThan }: CreationOrder<T>,
  { order, limit, before, after }: ListQuery,
): Page<T> {
  const [upper, lower] = order === 'desc' ? [after, before] : [before, after];
  const low = lower === undefined ? 0 : indexAfter(oldestFirst, olderThan(lower), lower);
  const high = upper === undefined ? oldestFirst.length : olderThan(upper);

  // A page touches its cursor; without one it touches the beginning of the list.
  const fromOldest =
    order === 'asc'
      ? upper === undefined || lower !== undefined
      : upper === undefined && lower !== undefined;
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

/** The first place past an id, which may be gone. */
function indexAfter<T extends { id: string }>(items: readonly T[], index: number, id: string) {
  return items[index]?.id === id ? index + 1 : index;
}
