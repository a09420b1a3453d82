import PQueue from 'p-queue';
import type { ObservedUser } from '../user/observed-user.ts';
import type { RequestScheduler } from './request-scheduler.ts';

/** Settles users side by side, as many at a time as the scheduler keeps busy, each user once at a time. */
export type Workers = {
  /** False once the run has been stopped, or something went wrong that others would meet too. */
  isRunning(): boolean;
  /** Resolves when there is room for the user; `settled` when nothing more will be done about it. */
  begin(user: ObservedUser): Promise<{ settled: Promise<void> }>;
  idle(): Promise<void>;
  /** Ends the run; users already begun are finished. */
  fail(error: unknown): void;
  /**
   * Waits for the users already begun.
   * @returns false when the run was stopped.
   * @throws what a user failed with, or what the run was failed with.
   */
  end(): Promise<boolean>;
};

export function createWorkers(dependencies: {
  settle: (user: ObservedUser) => Promise<void>;
  scheduler: Pick<RequestScheduler, 'inHand'>;
  stop: AbortSignal;
}): Workers {
  const { settle, scheduler, stop } = dependencies;
  const queue = new PQueue({ concurrency: scheduler.inHand() });
  const failure = new AbortController();
  const ended = AbortSignal.any([stop, failure.signal]);
  const begun = new Map<string, Promise<void>>();

  return {
    isRunning: () => !ended.aborted,
    async begin(user) {
      const earlier = begun.get(user.sub);
      if (earlier) return { settled: earlier };
      queue.concurrency = scheduler.inHand();
      if (queue.size >= queue.concurrency) await queue.onSizeLessThan(queue.concurrency);
      // What has not begun when the run ends is left to the next one.
      const settled = queue
        .add(async () => (ended.aborted ? undefined : settle(user)))
        .catch((error) => failure.abort(error))
        .finally(() => begun.delete(user.sub));
      begun.set(user.sub, settled);
      return { settled };
    },
    idle: () => queue.onIdle(),
    fail: (error) => failure.abort(error),
    async end() {
      await queue.onIdle();
      if (failure.signal.aborted && !stop.aborted) throw failure.signal.reason;
      return !ended.aborted;
    },
  };
}
