import { expect, it } from 'vitest';
import { decide } from '../../../src/mirror/decide/decide.ts';
import { needsLease } from '../../../src/mirror/leases.ts';
import type { ObservedUser } from '../../../src/user/observed-user.ts';
import { at, federatedUser, observedUser } from '../../fixtures/factories.ts';

const rules = { trustedProviders: new Map() };

/** Whether a change of the given name alone holds the lease of the user's own WorkOS user. */
function isLeased(user: ObservedUser): boolean {
  const created = decide(user, {}, rules);
  if (created.kind !== 'create') throw new Error(created.kind);
  const own = { id: 'user_1', ...created.user };
  const renamed = { ...user, givenName: 'Other', observedAt: at(60) };
  const decision = decide(renamed, { byExternalId: own }, rules);
  return decision.kind === 'update' && needsLease(decision);
}

it('an update of a WorkOS user that is tagged unverified holds the lease', () => {
  expect(isLeased(observedUser({ emailVerified: false }))).toBe(true);
});

it('an update of a WorkOS user that a federated profile has holds the lease', () => {
  expect(isLeased(federatedUser())).toBe(true);
});

it('a change of names of a native, verified profile needs no lease', () => {
  expect(isLeased(observedUser())).toBe(false);
});
