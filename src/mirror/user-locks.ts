/**
 * Serialises work on the same key within this process; work on other keys runs in parallel. What was read
 * before the lock was acquired may be out of date, so the work is told whether the key was locked since.
 */
export interface UserLocks {
  /** The present moment, to pass as `since`; a later one is greater. */
  now(): number;
  /**
   * @param since when what `work` relies on was read ({@link UserLocks.now}).
   * @param work `isFresh` is false when other work with the same key has ended since then.
   */
  run<T>(key: string, since: number, work: (isFresh: boolean) => Promise<T>): Promise<T>;
}

/** How many ends are remembered; far more than what is in progress at a time. */
const MAXIMUM_REMEMBERED = 10_000;

/** Locks of this process; work with the same key runs in the order of the calls. */
export function createUserLocks(): UserLocks {
  const last = new Map<string, Promise<unknown>>();
  /** Oldest end first. */
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
