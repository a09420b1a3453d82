import { setTimeout as delay } from 'node:timers/promises';
import { startEventSource } from '../local/emulators/lambda/event-source.ts';
import type { ServerlessConfig } from '../local/emulators/lambda/serverless-config.ts';
import type { DualRun } from '../test/rigs/dual-run.ts';
import type { EventKind } from './consumer-kinds.ts';

/** As the deployment configures it: so many consumers share WorkOS's limits. */
export function concurrencyOf(config: ServerlessConfig): number {
  const consumer = config.functions.find(({ name }) => name === 'consumer');
  return consumer?.eventSource?.maximumConcurrency ?? 1;
}

/** Sends events of a kind to the queue: those of the users from `from` up to, but not including, `to`. */
export async function enqueue(
  dual: DualRun,
  kind: EventKind,
  from: number,
  to: number,
): Promise<void> {
  const concurrent = 50;
  for (let first = from; first < to; first += concurrent) {
    const numbers = Array.from({ length: Math.min(concurrent, to - first) }, (_, i) => first + i);
    await Promise.all(
      numbers.map((number) => dual.enqueue(kind.observation(number), `event-${number}`)),
    );
  }
}

/**
 * Runs the event source until so many events are done, or the time is up.
 *
 * @returns the milliseconds after which each event was done, in order.
 */
export async function consume(
  dual: DualRun,
  { functions }: ServerlessConfig,
  { events, timeoutMs, signal }: { events: number; timeoutMs: number; signal: AbortSignal },
): Promise<number[]> {
  const eventSource = functions.find(({ name }) => name === 'consumer')?.eventSource;
  if (!eventSource) throw new Error('serverless.yml: the consumer has no queue');
  const completions: number[] = [];
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
  const from = performance.now();
  const source = startEventSource({
    client: dual.queue.client,
    queueUrl: dual.queue.queueUrl,
    queueArn: dual.queue.queueArn,
    ...eventSource,
    invoke: (event) => dual.lambda.invoke('consumer', event),
    onBatch({ done }) {
      const now = performance.now() - from;
      for (const _ of done) completions.push(now);
      if (completions.length >= events) finish();
    },
  });
  const timer = new AbortController();
  try {
    await Promise.race([
      finished,
      delay(timeoutMs, undefined, { signal: AbortSignal.any([timer.signal, signal]) }),
    ]);
  } finally {
    timer.abort();
    await source.stop();
  }
  return completions;
}
