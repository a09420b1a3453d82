import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { showInPool } from '../fixtures/cognito-records.ts';
import { at, federatedUser, googleIdentity, observedUser } from '../fixtures/factories.ts';
import { type DualRun, receiveAll, startDualRun } from '../rigs/dual-run.ts';
import { observationToRecord } from '../rigs/observation-record.ts';

/**
 * How many users each test has. With RACES=200 none of 200 is wrong; without a ledger (RACES_LEDGER=off), 194,
 * 200, 200 and 200 of them are.
 */
const USERS = Number(process.env.RACES ?? 20);
const BATCH = 10;

let run: DualRun;
let person = 0;
beforeAll(async () => {
  run = await startDualRun({
    ledger: process.env.RACES_LEDGER !== 'off',
    // Different latencies, so that the requests of two sandboxes interleave in every way.
    workos: { latencyMs: ({ index }) => 2 + ((index * 7) % 11) },
    env: { consumer: { SYNC_WORKOS_SHARE: '1' } },
  });
});
afterAll(() => run.close());
afterEach(async () => {
  run.workos.control.clear();
  expect(await receiveAll(run.queue.client, run.queue.deadLetterQueueUrl)).toEqual([]);
});
const workos = () => run.workos.control;

/** One invocation, with one observation of each of these. */
async function deliver(users: ObservedUser[], isReplay = false): Promise<ObservedUser[]> {
  const replayed = isReplay ? { reason: 'too_many_receives' } : {};
  const Records = users.map((user) => observationToRecord(user, run.queue.queueArn, replayed));
  const answer = (await run.lambda.invoke('consumer', { Records })) as {
    batchItemFailures: { itemIdentifier: string }[];
  };
  const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  return users.filter((_, index) => failed.has(Records[index]?.messageId ?? ''));
}

/** Delivers again what the consumer returns as failed, as the queue does. */
async function deliverUntilDone(users: ObservedUser[], isReplay = false): Promise<void> {
  for (let left = users; left.length > 0; ) left = await deliver(left, isReplay);
}

type RacingUser = { email: string; profiles: ObservedUser[]; native: ObservedUser };

/** A person with a native profile and so many federated ones. */
function newUser(federated: number): RacingUser {
  const digits = String(++person).padStart(12, '0');
  const email = `race-${person}@example.com`;
  const sub = `11111111-0000-4000-8000-${digits}`;
  const native = observedUser({ sub, username: sub, email });
  const providers = ['Google', 'Facebook', 'LoginWithAmazon'].slice(0, federated);
  const others = providers.map((providerName, n) =>
    federatedUser({
      sub: `${n + 2}2222222-0000-4000-8000-${digits}`,
      email,
      identities: [googleIdentity({ providerName, providerType: providerName })],
    }),
  );
  const profiles = [native, ...others.map((each) => ({ ...each, username: each.sub }))];
  for (const profile of profiles) showInPool(run.cognito, profile);
  return { email, native, profiles };
}

/** @returns the WorkOS users that differ from what they have to be. */
function findWrong(users: RacingUser[]): unknown[] {
  return users.flatMap(({ email, native, profiles }) => {
    const user = workos().userByEmail(email);
    const federated = profiles.filter((profile) => profile !== native);
    const found = {
      externalId: user?.external_id,
      names: `${user?.first_name} ${user?.last_name}`,
      linked: user?.metadata.cognito_linked_subs,
      providers: user?.metadata.federated_providers,
      auth: user?.metadata.cognito_auth,
      plan: user?.metadata.plan,
    };
    const expected = {
      externalId: native.sub,
      names: 'Ada Lovelace',
      linked: federated.map(({ sub }) => sub).join(','),
      providers: federated
        .map(({ identities }) => identities[0]?.providerName)
        .sort()
        .join(','),
      auth: 'password+federated',
      plan: 'gold',
    };
    return JSON.stringify(found) === JSON.stringify(expected) ? [] : [found];
  });
}

function inBatches<T>(items: T[]): T[][] {
  const count = Math.ceil(items.length / BATCH);
  return Array.from({ length: count }, (_, n) => items.slice(n * BATCH, (n + 1) * BATCH));
}

/** Delivers each profile of a person to a sandbox of its own, all at the same moment. */
async function raceToLink(federated: number): Promise<unknown[]> {
  const users = Array.from({ length: USERS }, () => newUser(federated));
  for (const { email } of users) {
    workos().seedUser({ email, email_verified: true, metadata: { plan: 'gold' } });
  }
  for (const batch of inBatches(users)) {
    const sandboxes = Array.from({ length: federated + 1 }, (_, n) =>
      batch.flatMap(({ profiles }) => profiles[n] ?? []),
    );
    await Promise.all(sandboxes.map((users) => deliverUntilDone(users)));
  }
  return findWrong(users);
}

const TIMEOUT = { timeout: 20_000 + 1_000 * USERS };

describe(
  'users whose profiles are linked to an existing WorkOS user at the same moment',
  TIMEOUT,
  () => {
    it('are all correct when two sandboxes link two profiles of each', async () => {
      expect(await raceToLink(1)).toEqual([]);
    });

    it('are all correct when three sandboxes link three profiles of each', async () => {
      expect(await raceToLink(2)).toEqual([]);
    });
  },
);

describe('users whose name changed from A to B and back', TIMEOUT, () => {
  const state = ({ native }: RacingUser, givenName: string, seconds: number) => ({
    ...native,
    givenName,
    observedAt: at(seconds),
  });
  const givenNames = (users: RacingUser[]) =>
    new Set(users.map(({ email }) => workos().userByEmail(email)?.first_name));

  async function mirroredAsA(): Promise<RacingUser[]> {
    const users = Array.from({ length: USERS }, () => newUser(0));
    for (const batch of inBatches(users)) {
      await deliverUntilDone(batch.map((each) => state(each, 'A', 0)));
    }
    return users;
  }

  it('end as A when the last two observations overtake each other', async () => {
    const users = await mirroredAsA();
    for (const batch of inBatches(users)) {
      await deliverUntilDone(batch.map((each) => state(each, 'A', 60)));
      await deliverUntilDone(batch.map((each) => state(each, 'B', 30)));
    }
    expect(givenNames(users)).toEqual(new Set(['A']));
  });

  it('end as A when B is replayed from the dead-letter queue', async () => {
    const users = await mirroredAsA();
    for (const batch of inBatches(users)) {
      await deliverUntilDone(batch.map((each) => state(each, 'A', 60)));
      await deliverUntilDone(
        batch.map((each) => state(each, 'B', 30)),
        true,
      );
    }
    expect(givenNames(users)).toEqual(new Set(['A']));
  });
});
