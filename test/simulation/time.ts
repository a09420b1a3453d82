import { setImmediate as drained } from 'node:timers/promises';

/** A clock that moves on only when nothing is left to run at its moment, so that simulated hours take seconds. */
export type SimulatedTime = {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves at that moment; at once where it has passed. */
  until(moment: number): Promise<void>;
  sleep(milliseconds: number): Promise<void>;
  /** Runs until no sleeper is left or `moment` has come; later sleepers are not woken. */
  run(moment?: number): Promise<void>;
};

type Sleeper = { at: number; order: number; wake: () => void };

/** Code that runs in it must wait through it alone: it does not wait for real timers or sockets. */
export function createSimulatedTime(start: number): SimulatedTime {
  const sleepers = createHeap<Sleeper>(
    (one, other) => one.at - other.at || one.order - other.order,
  );
  let now = start;
  let order = 0;

  const time: SimulatedTime = {
    now: () => now,
    until: (moment) =>
      new Promise((wake) => sleepers.push({ at: Math.max(now, moment), order: order++, wake })),
    sleep: (milliseconds) => time.until(now + milliseconds),
    async run(moment = Number.POSITIVE_INFINITY) {
      for (;;) {
        await drained();
        const next = sleepers.peek();
        if (!next || next.at > moment) return;
        now = next.at;
        while (sleepers.peek()?.at === now) sleepers.pop()?.wake();
      }
    },
  };
  return time;
}

export type Heap<T> = { push(item: T): void; peek(): T | undefined; pop(): T | undefined };

/** A binary heap with the least item first. */
export function createHeap<T>(compare: (one: T, other: T) => number): Heap<T> {
  const items: T[] = [];
  const isLess = (a: number, b: number) => compare(items[a] as T, items[b] as T) < 0;
  function swap(a: number, b: number): void {
    [items[a], items[b]] = [items[b] as T, items[a] as T];
  }
  return {
    peek: () => items[0],
    push(item) {
      let at = items.push(item) - 1;
      for (let parent = (at - 1) >> 1; at > 0 && isLess(at, parent); parent = (at - 1) >> 1) {
        swap(at, parent);
        at = parent;
      }
    },
    pop() {
      const [first] = items;
      const last = items.pop();
      if (items.length === 0 || last === undefined) return first;
      items[0] = last;
      for (let at = 0; ; ) {
        const [left, right] = [2 * at + 1, 2 * at + 2];
        let least = at;
        if (left < items.length && isLess(left, least)) least = left;
        if (right < items.length && isLess(right, least)) least = right;
        if (least === at) return first;
        swap(at, least);
        at = least;
      }
    },
  };
}
