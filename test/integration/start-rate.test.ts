import { afterEach, beforeEach, expect, it } from 'vitest';
import { type StrictWorkos, startStrictWorkos } from '../../local/emulators/workos.ts';
import { createStartRate, type StartRate } from '../../src/workos/start-rate.ts';
import { directoryOn } from '../support/directory-on.ts';

// WorkOS's limits in windows of a second: the same rates, ten times sooner measured.
const LIMITS = { readsPer10s: 100, writesPer10s: 50, windowMs: 1_000 };
const SHARERS = 2;
const WRITES = 150;

let workos: StrictWorkos;
beforeEach(async () => {
  workos = await startStrictWorkos({ limits: LIMITS });
});
afterEach(() => workos.close());

async function createMany(rates: (StartRate | undefined)[]): Promise<void> {
  const directories = rates.map((startRate) => directoryOn(workos, startRate));
  const creates = Array.from({ length: WRITES }, (_, n) =>
    directories[n % directories.length]?.create({
      email: `user-${n}@example.com`,
      emailVerified: true,
      metadata: {},
    }),
  );
  await Promise.allSettled(creates);
}

const refused = () => workos.control.requests.filter(({ status }) => status === 429).length;

/** As after a refusal. */
function slowedDown(): StartRate {
  const startRate = createStartRate(SHARERS);
  startRate.slowDown();
  return startRate;
}

it('consumers that have met the limits share them from then on', async () => {
  await createMany([slowedDown(), slowedDown()]);
  // Without a pace it is every one above the first window; a busy machine bunches some together.
  expect(refused()).toBeLessThan((WRITES - 50) / 2);
  expect(workos.control.users().length + refused()).toBe(WRITES);
});

it('consumers that have not are as fast as they can, until they do', async () => {
  await createMany([createStartRate(SHARERS), createStartRate(SHARERS)]);
  expect(refused()).toBe(WRITES - 50);
});

it('the pace is given up a minute after the last refusal', async () => {
  let now = 0;
  const startRate = createStartRate(1_000, () => now);
  startRate.slowDown();
  now = 60_001;
  for (let n = 0; n < 1_000; n++) await startRate.turn('write');
}, 3_000);

it('a request that may not start any more fails at once', async () => {
  const startRate = createStartRate(1_000);
  startRate.slowDown();
  for (let n = 0; n < 10; n++) await startRate.turn('write');
  await expect(startRate.turn('write', AbortSignal.timeout(10))).rejects.toThrow();
}, 3_000);
