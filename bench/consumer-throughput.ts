import { SERVERLESS_FILE } from '../local/emulators/lambda/lambda.ts';
import {
  readServerlessConfig,
  type ServerlessConfig,
} from '../local/emulators/lambda/serverless-config.ts';
import { WORKOS_LIMITS } from '../local/emulators/workos.ts';
import { metricTotals, startDualRun } from '../test/rigs/dual-run.ts';
import { bestRate, type EventKind, KINDS, mirrorUsers } from './consumer-kinds.ts';
import { concurrencyOf, consume, enqueue } from './consumer-queue.ts';
import { createHoldableClock, fillWindows, type RequestRates } from './full-windows.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** How fast the consumer handled one kind of event. Rates are in events a second. */
export type Throughput = {
  kind: EventKind['name'];
  ledger: boolean;
  events: number;
  /** Requests an event: the budget, and those sent when WorkOS refuses none. */
  budget: number;
  requestsPerEvent: number;
  /** The same at the limit: refused and repeated requests included. */
  requestsPerEventAtLimit: number;
  /** Requests that WorkOS answered with 429. */
  rateLimited: number;
  /** Until the last event was done. */
  rate: number;
  /** Until half of the events were done, while there is still a backlog. */
  rateInBacklog: number;
  /** The most that WorkOS's limits allow. */
  bestRate: number;
  /** With one request after another. */
  sequentialRate: number;
};

/** How long the stand-in of WorkOS takes to answer. */
export const LATENCY_MS = 80;
/** Handled before the measurement begins. */
export const WARM_UP_EVENTS = 200;

/** Unchanged events with the ledger send nothing to WorkOS, so no limit applies to them (see flood.ts). */
const SETTINGS = [false, true].flatMap((ledger) =>
  KINDS.filter(({ name }) => !ledger || name !== 'unchanged').map((kind) => ({ kind, ledger })),
);

/** How many times the ideal duration a measurement may take. */
const PATIENCE = 10;

/** The run with the median rate, and the spread of the rates of all runs. */
export type ThroughputOfRuns = Throughput & { rates: Spread };

/**
 * Runs every kind once, then every kind again, as often as `options.runs` says.
 *
 * A single run says little about a consumer that is refused often: whether its messages are delivered again
 * together or apart depends on milliseconds, and the difference grows with every delivery (21.9 to 38.4
 * events a second were measured on one idle machine, with the same code).
 */
export async function measureThroughputs(options: {
  events: number;
  runs: number;
  signal: AbortSignal;
  onKind: (kind: EventKind, ledger: boolean, run: number) => void;
}): Promise<ThroughputOfRuns[]> {
  const config = await readServerlessConfig(SERVERLESS_FILE);
  const results = SETTINGS.map((): Throughput[] => []);
  for (let run = 1; run <= options.runs; run++) {
    for (const [index, { kind, ledger }] of SETTINGS.entries()) {
      options.onKind(kind, ledger, run);
      results[index]?.push(await measureThroughput(kind, ledger, config, options));
    }
  }
  return results.flatMap((runs) => {
    const middle = runs.toSorted((a, b) => a.rate - b.rate)[(runs.length - 1) >> 1];
    return middle ? [{ ...middle, rates: spreadOf(runs.map(({ rate }) => rate)) }] : [];
  });
}

/**
 * Measures the bundled consumer, fed by SQS with as many concurrent batches as serverless.yml says, against
 * a WorkOS with its real limits, all of which it may use. A message that is retried waits for the visibility
 * timeout that the consumer sets.
 *
 * WorkOS's rate windows start full, as if the limit had been used evenly for the last minute. With empty
 * ones the first 500 writes, 1,000 reads and 6,000 requests of both kinds would be free: a short run would
 * look faster than the limit, and wasted requests would cost nothing, while in a longer run they count
 * (6,000 a minute are exactly the two that a new user needs, at 50 users a second).
 */
async function measureThroughput(
  kind: EventKind,
  ledger: boolean,
  config: ServerlessConfig,
  { events, signal }: { events: number; signal: AbortSignal },
): Promise<Throughput> {
  const clock = createHoldableClock();
  let latencyMs = LATENCY_MS;
  const dual = await startDualRun({
    ledger,
    workos: { limits: WORKOS_LIMITS, clock: clock.now, latencyMs: () => latencyMs },
    env: {
      consumer: {
        SYNC_CONSUMER_CONCURRENCY: String(concurrencyOf(config)),
        SYNC_WORKOS_SHARE: '1',
      },
    },
    visibilityTimeoutSeconds: config.queue.visibilityTimeoutSeconds,
  });
  try {
    const { control } = dual.workos;
    const all = WARM_UP_EVENTS + events;
    if (kind.mirrored) mirrorUsers(control, all);

    // The warm-up stays within every window, so it also shows the requests of an event without refusals.
    await enqueue(dual, kind, 0, WARM_UP_EVENTS);
    const warm = await consume(dual, config, {
      events: WARM_UP_EVENTS,
      timeoutMs: 60_000,
      signal,
    });
    if (warm.length < WARM_UP_EVENTS) throw new Error(`${kind.name}: the warm-up did not end`);
    const requestsPerEvent = control.requests.length / WARM_UP_EVENTS;

    await enqueue(dual, kind, WARM_UP_EVENTS, all);
    const best = bestRate(kind.budget);
    latencyMs = 0;
    await fillWindows(dual.workos, clock, times(kind.budget, best), signal);
    latencyMs = LATENCY_MS;
    control.clear();
    const timeoutMs = (PATIENCE * events * 1000) / best;
    const completions = await consume(dual, config, { events, timeoutMs, signal });

    const done = completions.length;
    const outcomes = metricTotals(dual.logs)[kind.outcome] ?? 0;
    if (outcomes < WARM_UP_EVENTS + done) {
      throw new Error(`${kind.name}: only ${outcomes} ${kind.outcome} in ${WARM_UP_EVENTS + done}`);
    }
    const budget = kind.budget.reads + kind.budget.writes;
    return {
      kind: kind.name,
      ledger,
      events: done,
      budget,
      requestsPerEvent,
      requestsPerEventAtLimit: control.requests.length / done,
      rateLimited: control.requests.filter(({ status }) => status === 429).length,
      rate: rateOf(completions),
      rateInBacklog: rateOf(completions.slice(0, Math.ceil(events / 2))),
      bestRate: best,
      sequentialRate: 1000 / (LATENCY_MS * budget),
    };
  } finally {
    await dual.close();
  }
}

function rateOf(completions: readonly number[]): number {
  return (completions.length * 1000) / (completions.at(-1) ?? Number.POSITIVE_INFINITY);
}

function times({ reads, writes }: RequestRates, factor: number): RequestRates {
  return { reads: reads * factor, writes: writes * factor };
}
