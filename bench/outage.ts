import { SERVERLESS_FILE } from '../local/emulators/lambda/lambda.ts';
import { readServerlessConfig } from '../local/emulators/lambda/serverless-config.ts';
import {
  type OutageOptions,
  type OutageResult,
  simulateOutage,
} from '../test/simulation/outage.ts';

/** How long users wait after an outage, in simulated time. */
export type Drain = OutageResult & { name: string; users: number };

const USERS = 10_000;
const OUTAGE_SECONDS = 3_600;

const CASES: [string, Partial<OutageOptions>][] = [
  ['share 0.5', { share: 0.5 }],
  ['5% fail once more', { share: 0.5, alsoFailing: 0.05 }],
  ['2% answered 429', { share: 0.5, rateLimited: 0.02 }],
  ['share 1', { share: 1 }],
];

/** Simulates an outage of an hour for each case; the queue has the settings of serverless.yml. */
export async function measureDrains(signal: AbortSignal): Promise<Drain[]> {
  const { queue } = await readServerlessConfig(SERVERLESS_FILE);
  const drains: Drain[] = [];
  for (const [name, options] of CASES) {
    signal.throwIfAborted();
    const setting = { users: USERS, outageSeconds: OUTAGE_SECONDS, queue, ...options };
    drains.push({ name, users: USERS, ...(await simulateOutage(setting)) });
  }
  return drains;
}
