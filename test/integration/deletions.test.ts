import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { forgetInPool, showInPool } from '../fixtures/cognito-records.ts';
import { at, federatedUser, googleIdentity } from '../fixtures/factories.ts';
import { numberedUser } from '../fixtures/numbered-user.ts';
import { type DualRun, metricTotals, receiveAll, startDualRun } from '../rigs/dual-run.ts';
import { goneToRecord, observationToRecord } from '../rigs/observation-record.ts';

let run: DualRun;
/** Each test has users of its own. */
let n = 0;
const person = (partial?: Partial<ObservedUser>) => numberedUser(n, partial);
const twin = (partial?: Partial<ObservedUser>) =>
  federatedUser({
    sub: person().sub.replace('eeeeeeee', 'ffffffff'),
    email: person().email ?? '',
    identities: [googleIdentity({ userId: `g-${n}` })],
    ...partial,
  });
beforeAll(async () => {
  run = await startDualRun({
    ledger: true,
    workos: { allowDeletes: true },
    env: { consumer: { SYNC_DELETIONS: 'delete', SYNC_MAX_DELETIONS_PER_DAY: '1000' } },
  });
});
afterAll(async () => {
  const { schemaViolations } = workos();
  await run.close();
  expect(schemaViolations).toEqual([]);
});
beforeEach(() => {
  n++;
  run.logs.length = 0;
  run.cognito.control.onRequest = undefined;
  workos().clear();
});
const workos = () => run.workos.control;
const inWorkos = () => workos().userByEmail(person().email ?? '');
const deletes = () => workos().requests.filter(({ method }) => method === 'DELETE');
const deadLetters = () => receiveAll(run.queue.client, run.queue.deadLetterQueueUrl);
const NO_FAILURES = { batchItemFailures: [] };
const RETRIED = { batchItemFailures: [{ itemIdentifier: expect.any(String) }] };

type Message = ObservedUser | { gone: string; observedAt?: string; userPoolId?: string };

/** One invocation with these messages as a batch. The pool is left as it is. */
function deliver(...messages: Message[]) {
  const Records = messages.map((each) => {
    if (!('gone' in each)) return observationToRecord(each, run.queue.queueArn);
    const { gone: sub, observedAt = at(100), userPoolId = run.cognito.userPoolId } = each;
    return goneToRecord({ sub, observedAt, userPoolId }, run.queue.queueArn);
  });
  return run.lambda.invoke('consumer', { Records });
}

/** Mirrors users that the pool has. */
async function mirrored(...users: ObservedUser[]) {
  for (const user of users) {
    showInPool(run.cognito, user);
    expect(await deliver(user)).toEqual(NO_FAILURES);
  }
  run.logs.length = 0;
}

/** Deletes profiles in Cognito, and delivers the messages that say so. */
async function goneFromCognito(...users: ObservedUser[]) {
  for (const { sub } of users) forgetInPool(run.cognito, sub);
  return deliver(...users.map(({ sub }) => ({ gone: sub })));
}

const logged = () => run.logs.join('\n');

describe('a profile that is gone from Cognito, with deletions=delete', () => {
  it('has its WorkOS user deleted', async () => {
    await mirrored(person());
    expect(await goneFromCognito(person())).toEqual(NO_FAILURES);
    expect(inWorkos()).toBeUndefined();
    expect(metricTotals(run.logs)).toMatchObject({ OutcomeDeleted: 1 });
  });

  it('is mirrored, not deleted, when Cognito has it after all', async () => {
    await mirrored(person());
    showInPool(run.cognito, person({ givenName: 'Later', observedAt: at(50) }));
    expect(await deliver({ gone: person().sub })).toEqual(NO_FAILURES);
    expect(inWorkos()?.first_name).toBe('Later');
    expect(deletes()).toEqual([]);
  });

  it.each([
    ['denies the request', { kind: 'error', type: 'AccessDeniedException' }],
    ['does not know the pool', { kind: 'error', type: 'ResourceNotFoundException' }],
    ['throttles', { kind: 'error', type: 'TooManyRequestsException' }],
    ['fails', { kind: 'status', status: 500 }],
    ['answers with something else', { kind: 'garbage' }],
    ['does not answer', { kind: 'reset' }],
  ] as const)(
    'keeps its WorkOS user, and its message is retried, when Cognito %s',
    async (_, fault) => {
      await mirrored(person());
      forgetInPool(run.cognito, person().sub);
      run.cognito.control.onRequest = () => fault;
      expect(await deliver({ gone: person().sub })).toEqual(RETRIED);
      expect(inWorkos()).toBeDefined();
      expect(deletes()).toEqual([]);
      run.cognito.control.onRequest = undefined;
      await deliver({ gone: person().sub });
      expect(inWorkos()).toBeUndefined();
    },
    30_000,
  );

  it('keeps a WorkOS user that has no tag of ours', async () => {
    workos().seedUser({ email: person().email ?? '', external_id: person().sub });
    await goneFromCognito(person());
    expect(inWorkos()).toBeDefined();
    expect(deletes()).toEqual([]);
    expect(logged()).toContain('not_ours');
  });

  it('keeps a WorkOS user with the tag of another pool', async () => {
    const metadata = { cognito_pool: 'eu-central-1_Other0001', cognito_auth: 'password' };
    workos().seedUser({ email: person().email ?? '', external_id: person().sub, metadata });
    await goneFromCognito(person());
    expect(inWorkos()).toBeDefined();
    expect(deletes()).toEqual([]);
    expect(logged()).toContain('tagged_with_another_pool');
  });

  it('keeps every WorkOS user when the message is about another pool', async () => {
    await mirrored(person());
    forgetInPool(run.cognito, person().sub);
    await deliver({ gone: person().sub, userPoolId: 'eu-central-1_Other0001' });
    expect(inWorkos()).toBeDefined();
    expect(logged()).toContain('"another_pool"');
  });

  it('keeps a WorkOS user whose external id is another one, though the ledger knows it', async () => {
    await mirrored(person());
    workos().updateUser(inWorkos()?.id ?? '', { external_id: `crm-${n}` });
    await goneFromCognito(person());
    expect(inWorkos()).toBeDefined();
    expect(deletes()).toEqual([]);
  });

  it('keeps the WorkOS user of a person who has signed in at WorkOS', async () => {
    await mirrored(person());
    workos().signIn(inWorkos()?.id ?? '');
    await goneFromCognito(person());
    expect(inWorkos()).toBeDefined();
    expect(deletes()).toEqual([]);
    expect(logged()).toContain('crossed_over');
  });

  it('keeps the WorkOS user of a person who signs in at WorkOS while Cognito is asked', async () => {
    await mirrored(person());
    forgetInPool(run.cognito, person().sub);
    const id = inWorkos()?.id ?? '';
    workos().onRequest = ({ path }) => {
      // The read right before the deletion.
      if (path.endsWith(id)) workos().signIn(id);
      return undefined;
    };
    await deliver({ gone: person().sub });
    expect(inWorkos()).toBeDefined();
    expect(deletes()).toEqual([]);
  });

  it('keeps a WorkOS user that gets another external id while Cognito is asked', async () => {
    await mirrored(person());
    forgetInPool(run.cognito, person().sub);
    const id = inWorkos()?.id ?? '';
    workos().onRequest = ({ path }) => {
      if (path.endsWith(id)) workos().updateUser(id, { external_id: `crm-${n}` });
      return undefined;
    };
    await deliver({ gone: person().sub });
    expect(inWorkos()).toBeDefined();
    expect(deletes()).toEqual([]);
  });

  it('keeps the WorkOS user of a person whose other profile lives on', async () => {
    await mirrored(person(), twin());
    expect(inWorkos()?.metadata.cognito_linked_subs).toBe(twin().sub);
    await goneFromCognito(person());
    expect(inWorkos()).toBeDefined();
    expect(deletes()).toEqual([]);
    expect(logged()).toContain('primary_gone');
  });

  it('has its WorkOS user deleted when all profiles of the person are gone', async () => {
    await mirrored(person(), twin());
    await goneFromCognito(person(), twin());
    await goneFromCognito(person());
    expect(inWorkos()).toBeUndefined();
  });

  it('keeps the WorkOS user of a person to whom another profile is linked meanwhile', async () => {
    await mirrored(person());
    forgetInPool(run.cognito, person().sub);
    showInPool(run.cognito, twin());
    const { id = '', metadata = {} } = inWorkos() ?? {};
    workos().onRequest = ({ path }) => {
      const linked = { ...metadata, cognito_linked_subs: twin().sub };
      // The read right before the deletion.
      if (path.endsWith(id)) workos().updateUser(id, { metadata: linked });
      return undefined;
    };
    expect(await deliver({ gone: person().sub })).toEqual(RETRIED);
    await deliver({ gone: person().sub });
    expect(inWorkos()).toBeDefined();
    expect(deletes()).toEqual([]);
    expect(logged()).toContain('primary_gone');
  });

  it('keeps a WorkOS user whose keys leave no room for the list of its other profiles', async () => {
    await mirrored(person());
    const { id = '', metadata = {} } = inWorkos() ?? {};
    const keys = Array.from({ length: 7 }, (_, index) => [`key_${index}`, 'x']);
    workos().updateUser(id, { metadata: { ...metadata, ...Object.fromEntries(keys) } });
    await goneFromCognito(person());
    expect(inWorkos()).toBeDefined();
    expect(logged()).toContain('metadata_full');
  });

  it('is taken off the WorkOS user of its person, with its tags, when it was a second profile', async () => {
    await mirrored(person(), twin());
    expect(inWorkos()?.metadata.federated_providers).toBe('Google');
    await goneFromCognito(twin());
    const { metadata, external_id } = inWorkos() ?? {};
    expect(external_id).toBe(person().sub);
    expect(metadata).not.toHaveProperty('cognito_linked_subs');
    expect(metadata).not.toHaveProperty('federated_providers');
    expect(metadata?.cognito_auth).toBe('password');
    expect(deletes()).toEqual([]);
  });

  it('does nothing when WorkOS has no user of it', async () => {
    expect(await goneFromCognito(person())).toEqual(NO_FAILURES);
    expect(deletes()).toEqual([]);
    expect(metricTotals(run.logs)).toMatchObject({ OutcomeSkipped: 1 });
  });
});

describe('after the WorkOS user of a gone profile was deleted', () => {
  it.each([
    ['before', 1, /"stale"/],
    ['after', 100_000_000, /deleted_in_workos/],
  ])('an observation from %s the message creates no user', async (_, seconds, outcome) => {
    await mirrored(person());
    await goneFromCognito(person());
    run.logs.length = 0;
    await deliver(person({ givenName: 'Old', observedAt: at(seconds) }));
    expect(inWorkos()).toBeUndefined();
    expect(logged()).toMatch(outcome);
  });

  it('an observation creates no user though the process ended before the answer', async () => {
    await mirrored(person());
    forgetInPool(run.cognito, person().sub);
    workos().onRequest = ({ method }) =>
      method === 'DELETE' ? { kind: 'reset', afterApplying: true } : undefined;
    expect(await deliver({ gone: person().sub })).toEqual(RETRIED);
    workos().onRequest = undefined;
    await deliver(person({ givenName: 'Old', observedAt: at(100_000_000) }));
    expect(inWorkos()).toBeUndefined();
    expect(await deliver({ gone: person().sub })).toEqual(NO_FAILURES);
  });

  it('an observation creates no user that no ledger entry was of', async () => {
    const metadata = { cognito_pool: run.cognito.userPoolId, cognito_auth: 'password' };
    workos().seedUser({ email: person().email ?? '', external_id: person().sub, metadata });
    await goneFromCognito(person());
    expect(deletes()).toHaveLength(1);
    await deliver(person({ observedAt: at(100_000_000) }));
    expect(inWorkos()).toBeUndefined();
  });
});

describe('a message that a profile is gone, in one batch with observations of it', () => {
  it.each([
    ['older', 0],
    ['newer', 200],
  ])('counts as Cognito answers, when it is gone and an observation is %s', async (_, seconds) => {
    await mirrored(person());
    forgetInPool(run.cognito, person().sub);
    const observation = person({ givenName: 'Seen', observedAt: at(seconds) });
    expect(await deliver(observation, { gone: person().sub })).toEqual(NO_FAILURES);
    expect(inWorkos()).toBeUndefined();
    expect(metricTotals(run.logs)).toMatchObject({ OutcomeDeleted: 1, ObservationSuperseded: 1 });
  });

  it.each([
    ['older', 1],
    ['newer', 200],
  ])('counts as Cognito answers, when it is there and an observation is %s', async (_, seconds) => {
    await mirrored(person());
    showInPool(run.cognito, person({ givenName: 'Now', observedAt: at(150) }));
    await deliver({ gone: person().sub }, person({ givenName: 'Seen', observedAt: at(seconds) }));
    expect(inWorkos()?.first_name).toBe('Now');
    expect(deletes()).toEqual([]);
  });
});

describe('a message that a profile is gone, from the dead-letter queue', () => {
  it('moves there with WorkOS’s code when WorkOS refuses the deletion, and is replayed', async () => {
    await mirrored(person());
    forgetInPool(run.cognito, person().sub);
    workos().onRequest = ({ method }) =>
      method === 'DELETE'
        ? {
            kind: 'status',
            status: 422,
            body: { code: 'user_is_locked' },
            headers: { 'content-type': 'application/json' },
          }
        : undefined;
    expect(await deliver({ gone: person().sub })).toEqual(NO_FAILURES);
    workos().onRequest = undefined;
    const [letter] = await deadLetters();
    expect(letter?.MessageAttributes?.reason?.StringValue).toBe('user_is_locked');
    expect(inWorkos()).toBeDefined();
    const gone = { userPoolId: run.cognito.userPoolId, sub: person().sub, observedAt: at(100) };
    const record = goneToRecord(gone, run.queue.queueArn, { reason: 'user_is_locked' });
    expect(await run.lambda.invoke('consumer', { Records: [record] })).toEqual(NO_FAILURES);
    expect(inWorkos()).toBeUndefined();
  });
});
