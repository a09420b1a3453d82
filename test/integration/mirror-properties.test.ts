import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { at, federatedUser, googleIdentity, observedUser } from '../fixtures/factories.ts';
import { type MirrorOnWorkos, startMirrorOnWorkos } from '../rigs/mirror-on-workos.ts';

// Each run has users of its own on one stand-in, told apart by the domain of their address.
let setting: MirrorOnWorkos;
let people = 0;
beforeAll(async () => {
  setting = await startMirrorOnWorkos();
});
afterAll(() => setting.close());
beforeEach(() => setting.workos.control.clear());

/** In no test is a user deleted, un-verified, or a request sent that WorkOS does not document. */
afterEach(() => {
  const { requests, schemaViolations } = setting.workos.control;
  expect(requests.length).toBeGreaterThan(500);
  expect(requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
  const updates = requests.filter(({ method }) => method === 'PUT');
  expect(updates.length).toBeGreaterThan(50);
  expect(updates.filter(({ body }) => isUnverifying(body))).toEqual([]);
  expect(schemaViolations).toEqual([]);
});

const nameArbitrary = fc.option(fc.constantFrom('Ada', 'Augusta', 'A.', 'Åsa'), { nil: undefined });
const names = fc.record({ givenName: nameArbitrary, familyName: nameArbitrary });

const native = names.map((given) => profile(observedUser({ sub: 'native' }), given));
const federated = (provider: string) =>
  names.map((given) => {
    const identities = [googleIdentity({ providerName: provider })];
    return profile(federatedUser({ sub: `federated-${provider}`, identities }), given);
  });
const attacker = fc
  .tuple(fc.constantFrom('mallory-1', 'mallory-2'), names, fc.boolean())
  .map(([sub, given, viaProvider]) =>
    viaProvider
      ? profile(federatedUser({ sub, emailVerified: false }), given)
      : profile(observedUser({ sub, emailVerified: false }), given),
  );

describe('the mirror', () => {
  it('makes the same WorkOS user of a native and two federated profiles in any order of events', async () => {
    const profiles = fc.tuple(native, federated('Google'), federated('Facebook'));
    const order = fc.shuffledSubarray([0, 1, 2], { minLength: 3 });
    const again = fc.array(fc.nat(2), { maxLength: 3 });
    const property = fc.asyncProperty(profiles, order, again, async (all, shuffled, more) => {
      const expected = await mirrorAll([0, 1, 2].map((index) => pick(all, index)));
      const actual = await mirrorAll([...shuffled, ...more].map((index) => pick(all, index)));
      expect(actual).toEqual(expected);
    });
    await fc.assert(property, { numRuns: 60 });
  }, 120_000);

  it('leaves no trace of profiles with an unverified address on the WorkOS user of the owner', async () => {
    const owners = fc.tuple(native, federated('Google'));
    const places = fc.array(fc.tuple(fc.nat(2), attacker), { minLength: 1, maxLength: 4 });
    const property = fc.asyncProperty(
      owners,
      fc.boolean(),
      places,
      async (both, isNativeFirst, attacks) => {
        const owner = isNativeFirst ? both : both.toReversed();
        const expected = await mirrorAll([...owner]);
        const attacked: ObservedUser[] = [...owner];
        for (const [place, who] of attacks) attacked.splice(place, 0, who);
        expect(await mirrorAll(attacked)).toEqual(expected);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  }, 120_000);
});

/** Mirrors the observations of a new person one after another. @returns the WorkOS users afterwards. */
async function mirrorAll(observations: ObservedUser[]) {
  const person = `person-${people++}`;
  const mirror = setting.mirrorWith();
  for (const user of observations) {
    const email = `ada@${person}.example`;
    await mirror({ ...user, sub: `${user.sub}-${person}`, email });
  }
  return setting.workos.control
    .users()
    .filter(({ email }) => email.endsWith(`@${person}.example`))
    .map(({ id: _, created_at: __, updated_at: ___, ...rest }) =>
      JSON.parse(JSON.stringify(rest).replaceAll(person, 'person')),
    )
    .map((user) => ({
      ...user,
      first_name: user.first_name || '',
      last_name: user.last_name || '',
    }));
}

function profile(
  user: ObservedUser,
  names: { givenName: string | undefined; familyName: string | undefined },
) {
  const { givenName: _, familyName: __, ...nameless } = user;
  const { givenName, familyName } = names;
  return {
    ...nameless,
    ...(givenName !== undefined && { givenName }),
    ...(familyName !== undefined && { familyName }),
    observedAt: at(user.sub.length),
  };
}

function pick<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`no element ${index}`);
  return found;
}

function isUnverifying(body: unknown): boolean {
  return (
    typeof body === 'object' && body !== null && 'email_verified' in body && !body.email_verified
  );
}
