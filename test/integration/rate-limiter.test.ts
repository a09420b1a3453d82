import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type StrictWorkos,
  startStrictWorkos,
  WORKOS_LIMITS,
} from '../../local/emulators/workos.ts';
import { createShareLimiter, type ShareLimiter } from '../../src/workos/share-limiter.ts';
import { workosUsersOn } from '../rigs/workos-users-on.ts';

let workos: StrictWorkos;
beforeEach(async () => {
  workos = await startStrictWorkos({ limits: WORKOS_LIMITS });
});
afterEach(() => workos.close());

/** Creates users through as many directories as there are rates, as fast as they let it. */
async function createMany(rates: ShareLimiter[], count: number): Promise<void> {
  const directories = rates.map((startRate) => workosUsersOn(workos, startRate));
  await Promise.all(
    Array.from({ length: count }, (_, n) =>
      directories[n % directories.length]?.create({
        email: `user-${n}@example.com`,
        emailVerified: true,
        metadata: {},
      }),
    ),
  );
}

const statuses = () => workos.control.requests.map(({ status }) => status);
/** The most requests that began in any second. */
function busiestSecond(): number {
  const times = workos.control.requests.map(({ at }) => at);
  return Math.max(...times.map((t) => times.filter((u) => u >= t && u < t + 1_000).length));
}

it('consumers keep to their share of the limits together, from the first request on', async () => {
  const sharers = 2;
  const rates = Array.from({ length: sharers }, () => createShareLimiter({ share: 0.5, sharers }));
  await createMany(rates, 100);
  expect(new Set(statuses())).toEqual(new Set([201]));
  // Half of the 50 writes a second, and as much again at most where a second cuts a window of 0.8 s.
  expect(busiestSecond()).toBeLessThanOrEqual(2 * 25);
});

it('a request that WorkOS refuses as one too many waits for as long as WorkOS asks, and is sent again', async () => {
  const headers = { 'retry-after': '1' };
  workos.control.faults.push({ kind: 'status', status: 429, headers });
  await createMany([createShareLimiter({ share: 1, sharers: 1 })], 1);
  expect(statuses()).toEqual([429, 201]);
  const [first, second] = workos.control.requests.map(({ at }) => at);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1_000);
});

it('a request that is refused for longer than an invocation can wait is given up', async () => {
  const headers = { 'retry-after': '40' };
  workos.control.faults.push({ kind: 'status', status: 429, headers });
  const creating = createMany([createShareLimiter({ share: 1, sharers: 1 })], 1);
  await expect(creating).rejects.toMatchObject({ status: 429, retryAfterSeconds: 40 });
});

it('a request that may not start any more fails at once', async () => {
  const startRate = createShareLimiter({ share: 0.01, sharers: 1 });
  await startRate.acquire('write');
  await expect(startRate.acquire('write', AbortSignal.timeout(10))).rejects.toThrow();
});
