import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberedSub } from '../fixtures/numbered-user.ts';
import { type PatrolRig, poolOf, startPatrolRig } from '../rigs/patrol-rig.ts';

const USERS = 25;
const KILLED = ['ListUsers', 'SendMessageBatch', 'UpdateItem', 'GetItem', 'GetQueueAttributes'];

const troubles = fc.record({
  /** Users that are edited while the pages are listed, by the number of the request. */
  edits: fc.array(fc.record({ request: fc.nat(14), user: fc.nat(USERS - 1) }), { maxLength: 6 }),
  /** The nth request of a kind is the last of its process. */
  kills: fc.array(
    fc.record({
      command: fc.constantFrom(...KILLED),
      moment: fc.constantFrom('before' as const, 'after' as const),
      nth: fc.integer({ min: 1, max: 6 }),
    }),
    { maxLength: 3 },
  ),
  expired: fc.array(fc.nat(20), { maxLength: 3 }),
  throttled: fc.array(fc.nat(20), { maxLength: 6 }),
  pageSize: fc.integer({ min: 1, max: 9 }),
});

describe('the patrol', () => {
  it('publishes the last state of every user, whatever is edited, killed, throttled or expires', async () => {
    const property = fc.asyncProperty(troubles, async (trouble) => {
      const rig = await startPatrolRig({
        users: poolOf(USERS),
        pageSize: () => trouble.pageSize,
      });
      try {
        await makeTrouble(rig, trouble);
        const published = new Map(rig.received.map((user) => [user.sub, user.givenName]));
        const shown = new Map(
          Array.from({ length: USERS }, (_, n) => [numberedSub(n), names.get(numberedSub(n))]),
        );
        expect(published).toEqual(shown);
      } finally {
        await rig.close();
      }
    });
    await fc.assert(property, { numRuns: 8 });
  }, 60_000);
});

/** What each user was last renamed to. */
const names = new Map<string, string>();

async function makeTrouble(
  rig: PatrolRig,
  trouble: typeof troubles extends fc.Arbitrary<infer T> ? T : never,
): Promise<void> {
  const { control } = rig.pool;
  names.clear();
  control.onRequest = ({ index }) => {
    for (const { request, user } of trouble.edits) {
      if (request !== index) continue;
      const sub = numberedSub(user);
      names.set(sub, `Name ${index}`);
      control.update(sub, { attributes: { given_name: `Name ${index}` } });
    }
    if (trouble.expired.includes(index)) control.expireTokens();
    return trouble.throttled.includes(index)
      ? { kind: 'error', type: 'TooManyRequestsException' }
      : undefined;
  };
  for (const { command, moment, nth } of trouble.kills) {
    let count = 0;
    const kill = (each: string, at: string) => each === command && at === moment && ++count === nth;
    await rig.invoke({}, { kill });
  }
  // The edits of the last round arrive with the next one.
  await rig.patrol();
  control.onRequest = undefined;
  await rig.patrol();
}
