import { setTimeout as delay } from 'node:timers/promises';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type StrictWorkos, startStrictWorkos } from '../../local/emulators/workos.ts';
import { createRequestScheduler } from '../../src/bulk/request-scheduler.ts';
import { createPoolProfiles } from '../../src/cognito/pool-profiles.ts';
import { createPoolSource } from '../../src/cognito/pool-source.ts';
import { createMirror } from '../../src/mirror/mirror.ts';
import { seed } from '../../src/seed/seed.ts';
import { openState } from '../../src/seed/state.ts';
import { stateToSummary } from '../../src/seed/summary.ts';
import { createRisingClock } from '../../src/triggers/rising-clock.ts';
import { observedUser } from '../fixtures/factories.ts';
import { poolUser, subOf } from '../fixtures/pool-users.ts';
import { workosUsersOn } from '../rigs/workos-users-on.ts';
import { type StrictCognito, startStrictCognito } from '../stand-ins/strict-cognito.ts';

const USERS = 4;
const config = { trustedProviders: new Map() };

/** A change of a user in Cognito, seen by a trigger, and how long its message then waits, in milliseconds. */
type LiveEvent = { user: number; name: string; after: number; queued: number };
const liveEvent = fc.record({
  user: fc.nat(USERS - 1),
  name: fc.constantFrom('A', 'B', 'C', 'D'),
  after: fc.nat(12),
  queued: fc.nat(30),
});

let cognito: StrictCognito;
let workos: StrictWorkos;
let client: CognitoIdentityProviderClient;
// Different latencies, so that reads and writes of both sides interleave.
let latencies: number[] = [];
beforeAll(async () => {
  workos = await startStrictWorkos({ latencyMs: () => latencies.shift() ?? 3 });
});
afterAll(() => workos.close());

it('seed and live events of the same users end with the newest names in WorkOS', async () => {
  const before = fc.array(fc.boolean(), { minLength: USERS, maxLength: USERS });
  const events = fc.array(liveEvent, { minLength: 10, maxLength: 20 });
  const waits = fc.array(fc.nat(25), { minLength: 300, maxLength: 300 });
  const property = fc.asyncProperty(before, events, waits, async (existing, live, milliseconds) => {
    cognito = await startStrictCognito({ latencyMs: 3, pageSize: () => 2 });
    client = new CognitoIdentityProviderClient({
      endpoint: cognito.endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const run = `run-${workos.control.users().length}`;
    for (let n = 0; n < USERS; n++) cognito.control.put(pooled(n, run));
    latencies = [];
    const mirror = createLiveMirror();
    for (const [n, exists] of existing.entries()) {
      if (exists) await mirror(observed(n, run, 'Old', new Date(0)));
    }
    latencies = milliseconds;

    const clock = createRisingClock();
    // One seed after another for as long as there are live events, so that they interleave everywhere.
    let liveEnded = false;
    const dual = dualRun(live, run, clock).finally(() => {
      liveEnded = true;
    });
    while (!liveEnded) await runSeed(clock);
    await dual;

    for (let n = 0; n < USERS; n++) {
      const { email } = observed(n, run, '', new Date(0));
      const expected = live.filter(({ user }) => user === n).at(-1)?.name ?? `Given${n}`;
      expect(workos.control.userByEmail(email ?? '')).toMatchObject({
        external_id: `${subOf(n)}-${run}`,
        first_name: expected,
      });
    }
    client.destroy();
    await cognito.close();
  });
  await fc.assert(property, { numRuns: 50 });
}, 120_000);

function createLiveMirror() {
  const profiles = createPoolProfiles({ client, clock: () => new Date() });
  return createMirror({ workosUsers: workosUsersOn(workos), profiles, config });
}

async function runSeed(clock: () => Date): Promise<void> {
  const never = new AbortController().signal;
  const state = openState(':memory:', { userPoolId: cognito.userPoolId, workos: 'local' });
  const complete = await seed({
    source: createPoolSource({ client, userPoolId: cognito.userPoolId, clock }),
    workosUsers: workosUsersOn(workos),
    state,
    scheduler: createRequestScheduler({
      writesPerSecond: 2_000,
      requestsPerSecond: 2_000,
      signal: never,
    }),
    config,
    dryRun: false,
    stop: never,
    abort: never,
  });
  expect(complete).toBe(true);
  const unsettled = [...state.results()].filter(({ outcome }) => /failed|conflict/.test(outcome));
  expect(unsettled).toEqual([]);
  expect(stateToSummary(state).read).toBe(USERS);
  state.close();
}

/** Changes users and mirrors what the triggers see: in order for each user, as the queue does. */
async function dualRun(live: LiveEvent[], run: string, clock: () => Date): Promise<void> {
  const mirror = createLiveMirror();
  const queues = new Map<number, Promise<unknown>>();
  for (const { user, name, after, queued } of live) {
    await delay(after);
    cognito.control.update(`${subOf(user)}-${run}`, { attributes: { given_name: name } });
    const seen = observed(user, run, name, clock());
    const before = queues.get(user) ?? Promise.resolve();
    queues.set(
      user,
      before.then(() => delay(queued)).then(() => mirror(seen)),
    );
  }
  await Promise.all(queues.values());
}

function pooled(n: number, run: string) {
  return poolUser(n, { sub: `${subOf(n)}-${run}`, email: `user-${n}@${run}.example` });
}

function observed(n: number, run: string, givenName: string, at: Date) {
  return observedUser({
    sub: `${subOf(n)}-${run}`,
    username: `${subOf(n)}-${run}`,
    email: `user-${n}@${run}.example`,
    familyName: `Family${n}`,
    observedAt: at.toISOString(),
    ...(givenName !== '' && { givenName }),
  });
}
