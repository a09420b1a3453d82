import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { messageToRecord } from '../../local/emulators/lambda/sqs-event.ts';
import { encodeMessage } from '../../src/user/message.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { showInPool } from '../fixtures/cognito-records.ts';
import { at, federatedUser, googleIdentity, observedUser } from '../fixtures/factories.ts';
import { type DualRun, receiveAll, startDualRun } from '../rigs/dual-run.ts';

/**
 * People in each race; RACES=200 shows what is claimed of 200. RACES_LEDGER=off shows how it is without:
 * 194, 200, 200 and 200 of 200 are wrong.
 */
const PEOPLE = Number(process.env.RACES ?? 20);
const BATCH = 10;

let run: DualRun;
let person = 0;
let invocations = 0;
beforeAll(async () => {
  run = await startDualRun({
    ledger: process.env.RACES_LEDGER !== 'off',
    // Answers of different age, so that two sandboxes meet at every step of each other.
    workos: { latencyMs: ({ index }) => 2 + ((index * 7) % 11) },
    env: { consumer: { SYNC_WORKOS_SHARE: '1' } },
  });
});
afterAll(() => run.close());
afterEach(() => run.workos.control.clear());
const workos = () => run.workos.control;

/** One invocation, with one observation of each of these. */
async function deliver(users: ObservedUser[], isReplay = false): Promise<ObservedUser[]> {
  const invocation = ++invocations;
  const Records = users.map((user, index) => ({
    ...messageToRecord(
      {
        MessageId: `race-${invocation}-${index}`,
        ReceiptHandle: `handle-${index}`,
        Body: encodeMessage(user),
        Attributes: { MessageGroupId: user.sub, ApproximateReceiveCount: '1' },
        ...(isReplay && {
          MessageAttributes: {
            reason: { DataType: 'String', StringValue: 'too_many_receives' },
          },
        }),
      },
      run.queue.queueArn,
      'us-east-1',
    ),
  }));
  const answer = (await run.lambda.invoke('consumer', { Records })) as {
    batchItemFailures: { itemIdentifier: string }[];
  };
  const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  return users.filter((_, index) => failed.has(Records[index]?.messageId ?? ''));
}

/** As the queue does: what is handed back comes again. */
async function deliverUntilDone(users: ObservedUser[], isReplay = false): Promise<void> {
  for (let left = users; left.length > 0; ) left = await deliver(left, isReplay);
}

type Person = { email: string; profiles: ObservedUser[]; native: ObservedUser };

/** A native profile and so many federated ones of one person. */
function newPerson(federated: number): Person {
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

/** Those whose WorkOS user is not what it has to be, with what is wrong. */
function findWrong(people: Person[]): unknown[] {
  return people.flatMap(({ email, native, profiles }) => {
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

/** Each profile of a person is delivered to a sandbox of its own, all at the same moment. */
async function raceToLink(federated: number): Promise<unknown[]> {
  const people = Array.from({ length: PEOPLE }, () => newPerson(federated));
  for (const { email } of people) {
    workos().seedUser({ email, email_verified: true, metadata: { plan: 'gold' } });
  }
  for (const batch of inBatches(people)) {
    const sandboxes = Array.from({ length: federated + 1 }, (_, n) =>
      batch.flatMap(({ profiles }) => profiles[n] ?? []),
    );
    await Promise.all(sandboxes.map((users) => deliverUntilDone(users)));
  }
  return findWrong(people);
}

const TIMEOUT = { timeout: 20_000 + 1_000 * PEOPLE };

describe(
  'people whose profiles are linked to an existing WorkOS user at the same moment',
  TIMEOUT,
  () => {
    it('are right, all of them, where two sandboxes link two profiles', async () => {
      expect(await raceToLink(1)).toEqual([]);
    });

    it('are right, all of them, where three sandboxes link three profiles', async () => {
      expect(await raceToLink(2)).toEqual([]);
    });
  },
);

describe('people whose name went from A to B and back', TIMEOUT, () => {
  const state = ({ native }: Person, givenName: string, seconds: number) => ({
    ...native,
    givenName,
    observedAt: at(seconds),
  });
  const givenNames = (people: Person[]) =>
    new Set(people.map(({ email }) => workos().userByEmail(email)?.first_name));

  async function seenAsA(): Promise<Person[]> {
    const people = Array.from({ length: PEOPLE }, () => newPerson(0));
    for (const batch of inBatches(people)) {
      await deliverUntilDone(batch.map((each) => state(each, 'A', 0)));
    }
    return people;
  }

  it('are called A though the last two observations overtook each other', async () => {
    const people = await seenAsA();
    for (const batch of inBatches(people)) {
      await deliverUntilDone(batch.map((each) => state(each, 'A', 60)));
      await deliverUntilDone(batch.map((each) => state(each, 'B', 30)));
    }
    expect(givenNames(people)).toEqual(new Set(['A']));
  });

  it('are called A though B came back from the dead-letter queue', async () => {
    const people = await seenAsA();
    for (const batch of inBatches(people)) {
      await deliverUntilDone(batch.map((each) => state(each, 'A', 60)));
      await deliverUntilDone(
        batch.map((each) => state(each, 'B', 30)),
        true,
      );
    }
    expect(givenNames(people)).toEqual(new Set(['A']));
  });

  it('leave no dead letter behind', async () => {
    expect(await receiveAll(run.queue.client, run.queue.deadLetterQueueUrl)).toEqual([]);
  });
});
