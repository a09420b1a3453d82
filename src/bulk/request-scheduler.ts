import { setTimeout as delay } from 'node:timers/promises';
import type PQueue from 'p-queue';
import { OperatorError } from '../operator-error.ts';
import { createRateLimiter } from '../workos/rate-limiter.ts';
import { RetryableError, type Unreached } from '../workos/users.ts';

/**
 * When requests to WorkOS may start: so many writes and so many requests a second, all of them waiting
 * when WorkOS asks to slow down or does not answer, each tried again while that can help.
 */
export interface RequestScheduler {
  /** @param options.requests how many requests `request` sends, one of them a write at most. Default 1. */
  run<T>(
    kind: 'read' | 'write',
    request: () => Promise<T>,
    options?: { requests?: number },
  ): Promise<T>;
  /**
   * Others have sent so many requests on the same key: the run sends as many less. At
   * most nine tenths of a second's at a time, so that the run comes to an end.
   */
  giveWay(used: { reads: number; writes: number }): void;
  /** How many users to work on at the same time. */
  inHand(): number;
  rateLimited(): number;
}

/** The run cannot go on; the message says why and what to do. What was done is kept. */
export class WorkosUnavailableError extends OperatorError {
  override name = 'WorkosUnavailableError';
}

type RequestSchedulerOptions = {
  writesPerSecond: number;
  /** Of both kinds together. */
  requestsPerSecond: number;
  signal: AbortSignal;
  /**
   * How long WorkOS may give no good answer at all before the run ends, in milliseconds. Default ten
   * minutes, and one before its first good answer: then something is more likely to be set up wrong.
   */
  patienceMs?: number;
  /**
   * How long not one answer may have come from WorkOS since the first request, in milliseconds. Default 20
   * seconds: then the address is likelier to be wrong than the network to be down.
   */
  firstContactMs?: number;
  /** Told why and for how long all requests wait. Safe to print. */
  onPause?: (reason: string, milliseconds: number) => void;
};

const PATIENCE_MS = 600_000;
const FIRST_PATIENCE_MS = 60_000;
const FIRST_CONTACT_MS = 20_000;
/** A request that fails so often while others succeed fails for a cause of its own. */
const MAXIMUM_ATTEMPTS = 6;
/** So many failures in a row, of different requests, have a common cause. */
const FAILURES_OF_ONE = 3;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** A little below the wish: timers are not exact, and a 429 costs a second. */
const SHARE = 0.985;
const MAXIMUM_IN_HAND = 256;
const MOST_GIVEN_WAY = 0.9;
/** Priority of the empty tasks that stand for requests of others: before those that wait. */
const GIVEN_WAY = 1;

/** WorkOS's limits allow two requests for each write; a gentle run may still list in good time. */
export function requestsFor(writesPerSecond: number): number {
  return Math.max(60, 2 * writesPerSecond);
}

export function createRequestScheduler(options: RequestSchedulerOptions): RequestScheduler {
  const { signal, patienceMs = PATIENCE_MS, firstContactMs = FIRST_CONTACT_MS } = options;
  const queues = {
    request: createRateLimiter(options.requestsPerSecond * SHARE),
    write: createRateLimiter(options.writesPerSecond * SHARE),
  };
  let latencyMs = 100;
  let lastSuccess = Date.now();
  let everSucceeded = false;
  let everAnswered = false;
  let firstRequestAt: number | undefined;
  let failuresInARow = 0;
  let rateLimited = 0;
  let pause: Promise<void> | undefined;

  async function takePermits(kind: 'read' | 'write', requests: number): Promise<void> {
    if (kind === 'write') await queues.write.add(() => {}, { signal });
    const permits = Array.from({ length: requests }, () =>
      queues.request.add(() => {}, { signal }),
    );
    await Promise.all(permits);
  }

  async function run<T>(
    kind: 'read' | 'write',
    request: () => Promise<T>,
    { requests = 1 } = {},
  ): Promise<T> {
    for (let ownFailures = 0; ; ) {
      const begun = Date.now();
      try {
        await takePermits(kind, requests);
        firstRequestAt ??= Date.now();
        const value = await timed(request);
        lastSuccess = Date.now();
        everSucceeded = true;
        everAnswered = true;
        failuresInARow = 0;
        return value;
      } catch (error) {
        if (!(error instanceof RetryableError)) throw error;
        everAnswered ||= error.unreached === undefined;
        if (isKeyRefused(error)) throw new WorkosUnavailableError(error.message, { cause: error });
        failuresInARow++;
        if (error.status !== 429 && lastSuccess >= begun) ownFailures++;
        if (ownFailures >= MAXIMUM_ATTEMPTS) throw error;
        await waitFor(error, ownFailures);
      }
    }
  }

  async function timed<T>(request: () => Promise<T>): Promise<T> {
    const begun = Date.now();
    const value = await request();
    latencyMs += (Date.now() - begun - latencyMs) / 20;
    return value;
  }

  async function waitFor(error: RetryableError, ownFailures: number): Promise<void> {
    const patience = everSucceeded ? patienceMs : Math.min(patienceMs, FIRST_PATIENCE_MS);
    if (Date.now() - lastSuccess > patience)
      throw new WorkosUnavailableError(error.message, { cause: error });
    const asked = (error.retryAfterSeconds ?? 0) * 1000;
    if (error.status === 429) {
      rateLimited++;
      return pauseEverything(error.message, Math.max(asked, FIRST_PAUSE_MS));
    }
    const isCommon = failuresInARow > FAILURES_OF_ONE;
    const failures = isCommon ? failuresInARow - FAILURES_OF_ONE : ownFailures;
    const wait = Math.max(asked, backoff(failures));
    checkFirstContact(error, wait);
    if (isCommon) return pauseEverything(error.message, wait);
    await delay(wait, undefined, { signal });
  }

  /** Gives up where the next try would be later than a first answer is waited for. */
  function checkFirstContact(error: RetryableError, wait: number): void {
    if (everAnswered || !error.unreached || firstRequestAt === undefined) return;
    const elapsedMs = Date.now() - firstRequestAt;
    if (elapsedMs + wait < firstContactMs) return;
    throw new WorkosUnavailableError(toUnreachedText(error.unreached, elapsedMs), { cause: error });
  }

  /** The whole run waits for a WorkOS that is busy, or fails for all users. */
  function pauseEverything(reason: string, ms: number): Promise<void> {
    const all = Object.values(queues);
    pause ??= (async () => {
      options.onPause?.(reason, ms);
      for (const queue of all) queue.pause();
      try {
        await delay(ms, undefined, { signal });
      } finally {
        pause = undefined;
        for (const queue of all) queue.start();
      }
    })();
    return pause;
  }

  return {
    run,
    giveWay({ reads, writes }) {
      leaveOut(queues.request, reads + writes, options.requestsPerSecond);
      leaveOut(queues.write, writes, options.writesPerSecond);
    },
    inHand() {
      const inFlight = Math.ceil((options.writesPerSecond * latencyMs) / 1000);
      return Math.min(MAXIMUM_IN_HAND, 2 * inFlight + 8);
    },
    rateLimited: () => rateLimited,
  };
}

function leaveOut(queue: PQueue, requests: number, perSecond: number): void {
  const most = Math.floor(MOST_GIVEN_WAY * perSecond);
  const waiting = queue.sizeBy({ priority: GIVEN_WAY });
  const count = Math.min(requests, most - waiting);
  for (let request = 0; request < count; request++)
    void queue.add(() => {}, { priority: GIVEN_WAY });
}

function backoff(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 10));
}

function toUnreachedText({ address = 'its address', why }: Unreached, elapsedMs: number): string {
  return `WorkOS cannot be reached at ${address} for ${Math.ceil(elapsedMs / 1000)} s (${why}): check WORKOS_API_HOSTNAME, WORKOS_API_PORT and WORKOS_API_HTTPS, the network, and whether a proxy or firewall is in between`;
}

function isKeyRefused(error: RetryableError): boolean {
  if (error.unreached) return false;
  return error.status === 401 || error.status === 403;
}
