import { setTimeout as delay } from 'node:timers/promises';
import { SERVERLESS_FILE } from '../local/emulators/lambda/lambda.ts';
import { readServerlessConfig } from '../local/emulators/lambda/serverless-config.ts';
import { WORKOS_LIMITS } from '../local/emulators/workos.ts';
import { startDualRun } from '../test/rigs/dual-run.ts';
import { bestRate, KINDS } from './consumer-kinds.ts';
import { concurrencyOf, consume, enqueue } from './consumer-queue.ts';
import { LATENCY_MS } from './consumer-throughput.ts';
import { createHoldableClock, fillWindows } from './full-windows.ts';

/** How many requests of the customer's application are refused while a backlog of new users drains. */
export type Bystander = { share: number; asked: number; refused: number };

const READS_PER_SECOND = 5;
const SECONDS = 12;

/** Measures with the default share and with the whole limit. */
export async function measureBystanders(signal: AbortSignal): Promise<Bystander[]> {
  const bystanders: Bystander[] = [];
  for (const share of [0.5, 1]) bystanders.push(await measureBystander(share, signal));
  return bystanders;
}

/** WorkOS's rate windows start as full as the consumer, at its share, keeps them. */
async function measureBystander(share: number, signal: AbortSignal): Promise<Bystander> {
  const [kind] = KINDS;
  if (!kind) throw new Error('there is no kind of event');
  const config = await readServerlessConfig(SERVERLESS_FILE);
  const clock = createHoldableClock();
  let latencyMs = 0;
  const dual = await startDualRun({
    workos: { limits: WORKOS_LIMITS, clock: clock.now, latencyMs: () => latencyMs },
    env: {
      consumer: {
        SYNC_CONSUMER_CONCURRENCY: String(concurrencyOf(config)),
        SYNC_WORKOS_SHARE: String(share),
      },
    },
    visibilityTimeoutSeconds: config.queue.visibilityTimeoutSeconds,
  });
  try {
    const rate = bestRate(kind.budget) * share;
    const events = Math.ceil(rate * SECONDS);
    await enqueue(dual, kind, 0, events);
    await fillWindows(dual.workos, clock, { reads: rate, writes: rate }, signal);
    latencyMs = LATENCY_MS;
    const end = new AbortController();
    const application = askEverySecond(dual.workos, AbortSignal.any([end.signal, signal]));
    await consume(dual, config, { events, timeoutMs: 5_000 * SECONDS, signal });
    end.abort();
    return { share, ...(await application) };
  } finally {
    await dual.close();
  }
}

async function askEverySecond(workos: { url: string; apiKey: string }, signal: AbortSignal) {
  const counts = { asked: 0, refused: 0 };
  const headers = { authorization: `Bearer ${workos.apiKey}` };
  const asking: Promise<void>[] = [];
  while (!signal.aborted) {
    const ask = async () => {
      const answer = await fetch(`${workos.url}/user_management/users?limit=1`, { headers });
      await answer.arrayBuffer();
      counts.asked++;
      if (answer.status === 429) counts.refused++;
    };
    asking.push(ask());
    await delay(1_000 / READS_PER_SECOND, undefined, { signal }).catch(() => {});
  }
  await Promise.all(asking);
  return counts;
}
