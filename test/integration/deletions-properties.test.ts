import type { SQSRecord } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBatchConsumer } from '../../src/consumer/consume-batch.ts';
import { createMirrorWithLedger } from '../../src/ledger/connect-ledger.ts';
import { createFindActive } from '../../src/mirror/find-active.ts';
import { encodeGone, encodeMessage } from '../../src/user/message.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { forgetInPool, showInPool } from '../fixtures/cognito-records.ts';
import { federatedUser, googleIdentity, observedUser } from '../fixtures/factories.ts';
import { sqsRecord } from '../fixtures/sqs-record.ts';
import { type Rig, RULES, startRig } from '../rigs/ledger-rig.ts';
import { workosUsersOn } from '../rigs/workos-users-on.ts';

const MAX_PER_DAY = 2;
const DAY_MS = 24 * 3_600_000;
const NAMES = ['one', 'two', 'three', 'four'] as const;
type Name = (typeof NAMES)[number];

let rig: Rig;
let histories = 0;
let messages = 0;
const nextId = () => `message-${++messages}`;
beforeAll(async () => {
  rig = await startRig({ allowDeletes: true });
});
afterAll(() => rig.close());

const name = fc.constantFrom(...NAMES);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('signIn'), name, given: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove'), name, given: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('saidGone'), name, given: fc.nat(2) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('deliver'), name, given: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('again'), name, given: fc.nat(2) }) },
  // The process ends at the n-th request to WorkOS of the next delivery, before or after it takes effect.
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('kill'), name, given: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crossOver'), name, given: fc.nat(2) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The first two are profiles of one person. */
function profile(who: Name, given: number, domain: string, observedAt: string): ObservedUser {
  const email = `${who === 'two' ? 'one' : who}@${domain}`;
  const shared = { sub: `${who}-${domain}`, email, givenName: `G${given}`, observedAt };
  if (who !== 'two') return observedUser(shared);
  return federatedUser({ ...shared, identities: [googleIdentity({ userId: domain })] });
}

/** A consumer as in a Lambda sandbox of its own. */
function createSandbox(clock: () => Date) {
  const workosUsers = workosUsersOn(rig.led);
  const { mirror } = createMirrorWithLedger({
    mirror: { workosUsers, profiles: rig.profiles, config: RULES },
    config: { table: rig.dynamodb.table, trustHours: 24 },
    maxDeletionsPerDay: MAX_PER_DAY,
    clock,
    onUnavailable: () => {},
  });
  return createBatchConsumer({
    mirror,
    profiles: rig.profiles,
    findActive: createFindActive(workosUsers),
    userPoolId: rig.cognito.userPoolId,
    deadLetter: async () => {},
    retry: async () => [],
    log: { info() {}, warn() {}, error() {} },
    counters: { count() {}, observationAge() {} },
    clock,
  });
}

/** @returns what must not have happened. */
async function play(steps: Step[]): Promise<string[]> {
  const domain = `history-${histories++}.example`;
  rig.clock.ms += DAY_MS;
  const { control } = rig.led;
  const clock = () => new Date(rig.clock.ms);
  const sandboxes = [createSandbox(clock), createSandbox(clock)] as const;
  const waiting = new Map<Name, SQSRecord[]>();
  const seen = new Map<Name, SQSRecord[]>();
  const gone = new Set<Name>();
  const deleted = new Set<string>();
  const violations: string[] = [];
  let killAt: number | undefined;
  let deliveries = 0;

  const inCognito = (sub: string) => rig.cognito.control.has(sub);
  control.onRequest = ({ method, path }) => {
    const user = control.users().find(({ id }) => path.endsWith(id));
    const isKilled = killAt !== undefined && killAt-- === 0;
    const afterApplying = deliveries % 2 === 0;
    if (method === 'DELETE' && user && (!isKilled || afterApplying)) {
      const linked = (user.metadata.cognito_linked_subs ?? '').split(',');
      const living = [user.external_id ?? '', ...linked].filter(inCognito);
      if (living.length > 0) violations.push(`${living} in Cognito`);
      if (user.last_sign_in_at !== null) violations.push(`${user.email} has signed in`);
      deleted.add(user.external_id ?? '');
      if (deleted.size > MAX_PER_DAY) violations.push(`${deleted.size} deleted`);
    }
    return isKilled ? { kind: 'reset', afterApplying } : undefined;
  };

  const put = (who: Name, record: SQSRecord) => {
    waiting.set(who, [...(waiting.get(who) ?? []), record]);
    seen.set(who, [...(seen.get(who) ?? []), record]);
  };
  async function deliver(who: Name, records: SQSRecord[]): Promise<void> {
    const Records = records.slice(0, 10);
    const consume = sandboxes[deliveries++ % 2 === 0 ? 0 : 1];
    const { batchItemFailures } = await consume({ Records }, AbortSignal.timeout(20_000));
    killAt = undefined;
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const left = records.filter(({ messageId }) => failed.has(messageId));
    waiting.set(who, [...left, ...records.slice(10)]);
  }
  async function carryOut({ kind, name: who, given }: Step): Promise<void> {
    rig.clock.ms += 1000;
    const user = profile(who, given, domain, clock().toISOString());
    const said = { userPoolId: rig.cognito.userPoolId, sub: user.sub, observedAt: user.observedAt };
    switch (kind) {
      case 'signIn':
        if (gone.has(who)) return;
        showInPool(rig.cognito, user);
        return put(who, sqsRecord(nextId(), user.sub, encodeMessage(user)));
      case 'remove':
        forgetInPool(rig.cognito, user.sub);
        gone.add(who);
        return put(who, sqsRecord(nextId(), user.sub, encodeGone(said)));
      case 'saidGone':
        return put(who, sqsRecord(nextId(), user.sub, encodeGone(said)));
      case 'deliver':
        return deliver(who, waiting.get(who) ?? []);
      case 'again':
        // Old messages, from the dead-letter queue.
        return deliver(who, [...(waiting.get(who) ?? []), ...(seen.get(who) ?? []).slice(0, 3)]);
      case 'kill':
        killAt = given;
        return;
      case 'crossOver': {
        const id = control.users().find(({ external_id }) => external_id === user.sub)?.id;
        if (id !== undefined) control.signIn(id);
      }
    }
  }

  for (const who of NAMES) {
    await carryOut({ kind: 'signIn', name: who, given: 0 });
    await carryOut({ kind: 'deliver', name: who, given: 0 });
  }
  for (const each of steps) await carryOut(each);
  killAt = undefined;
  for (const who of [...NAMES, ...NAMES]) {
    await deliver(who, waiting.get(who) ?? []);
    await deliver(who, seen.get(who) ?? []);
  }
  const again = control.users().filter(({ external_id }) => deleted.has(external_id ?? ''));
  return [...violations, ...again.map(({ email }) => `${email} created again`)];
}

it('no user is deleted whom Cognito has, nor more than the limit, nor made again, in any order of messages and kills', async () => {
  let deletions = 0;
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 8, maxLength: 24 }),
    async (all) => {
      expect(await play(all)).toEqual([]);
      deletions = rig.led.control.requests.filter(({ method }) => method === 'DELETE').length;
    },
  );
  await fc.assert(property, { numRuns: 25 });
  expect(deletions).toBeGreaterThan(20);
  expect(rig.led.control.schemaViolations).toEqual([]);
}, 120_000);
