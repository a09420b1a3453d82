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

/** Creates users through one adapter for each rate limiter, as fast as those allow. */
async function createMany(rates: ShareLimiter[], count: number): Promise<void> {
  const adapters = rates.map((startRate) => workosUsersOn(workos, startRate));
  await Promise.all(
    Array.from({ length: count }, (_, n) =>
      adapters[n % adapters.length]?.create({
        email: `user-${n}@example.com`,
        emailVerified: true,
        metadata: {},
      }),
    ),
  );
}

const statuses = () => workos.control.requests.map(({ status }) => status);

it('consumers together that keep to their share of the limits are refused no request', async () => {
  const sharers = 2;
  const rates = Array.from({ length: sharers }, () => createShareLimiter({ share: 0.5, sharers }));
  await createMany(rates, 100);
  expect(new Set(statuses())).toEqual(new Set([201]));
});

it('a request that WorkOS refuses with 429 is sent again after its Retry-After', async () => {
  const headers = { 'retry-after': '1' };
  workos.control.faults.push({ kind: 'status', status: 429, headers });
  await createMany([createShareLimiter({ share: 1, sharers: 1 })], 1);
  expect(statuses()).toEqual([429, 201]);
  const [first, second] = workos.control.requests.map(({ at }) => at);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1_000);
});

it('a request fails when the Retry-After of its 429 is longer than an invocation can wait', async () => {
  const headers = { 'retry-after': '40' };
  workos.control.faults.push({ kind: 'status', status: 429, headers });
  const creating = createMany([createShareLimiter({ share: 1, sharers: 1 })], 1);
  await expect(creating).rejects.toMatchObject({ status: 429, retryAfterSeconds: 40 });
});

it('a request that waits for the rate limiter fails when its signal aborts', async () => {
  const startRate = createShareLimiter({ share: 0.01, sharers: 1 });
  await startRate.acquire('write');
  await expect(startRate.acquire('write', AbortSignal.timeout(10))).rejects.toThrow();
});
