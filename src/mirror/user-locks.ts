/**
 * Work on the same thing takes turns; work on others goes on beside it. What was read before a turn
 * began may be out of date by then: a turn is told.
 */
export interface UserLocks {
  /** A moment to compare with; a later one is greater. */
  now(): number;
  /**
   * @param since when what `work` relies on was read ({@link UserLocks.now}).
   * @param work `isFresh` is false when another turn with the same key has ended since then.
   */
  run<T>(key: string, since: number, work: (isFresh: boolean) => Promise<T>): Promise<T>;
}

/** Ends that are remembered; what is in hand at a time is a small part of it. */
const MAXIMUM_REMEMBERED = 10_000;

export function createUserLocks(): UserLocks {
  const last = new Map<string, Promise<unknown>>();
  /** In the order of their ends. */
  const ended = new Map<string, number>();
  let moment = 0;

  function noteEnd(key: string): void {
    moment += 1;
    ended.delete(key);
    ended.set(key, moment);
    const [oldest] = ended.keys();
    if (ended.size > MAXIMUM_REMEMBERED && oldest !== undefined) ended.delete(oldest);
  }

  return {
    now: () => moment,
    async run(key, since, work) {
      const before = last.get(key) ?? Promise.resolve();
      const begin = () => work((ended.get(key) ?? 0) <= since);
      const mine = before.then(begin, begin).finally(() => noteEnd(key));
      last.set(key, mine);
      try {
        return await mine;
      } finally {
        if (last.get(key) === mine) last.delete(key);
      }
    },
  };
}
