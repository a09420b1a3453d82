import { expect, it } from 'vitest';
import { canMoveOn } from '../../src/mirror/decide/holder.ts';
import { observedUser } from '../fixtures/factories.ts';

const RULES = { trustedProviders: new Map() };
const held = { id: 'user_1', email: 'old@example.com', emailVerified: true, metadata: {} };
const holder = observedUser({ email: 'new@example.com' });

it('a profile whose address passed on is moved while its person has not signed in at WorkOS', () => {
  expect(canMoveOn(holder, held, RULES, {})).toBe(true);
});

it.each([
  ['its person has signed in at WorkOS', holder, { lastSignInAt: '2026-01-01T00:00:00.000Z' }],
  ['its new address is not verified', { ...holder, emailVerified: false }, {}],
  ['it is disabled', { ...holder, enabled: false }, {}],
  ['it is gone', undefined, {}],
])('a profile whose address passed on is not moved when %s', (_, profile, facts) => {
  expect(canMoveOn(profile, { ...held, ...facts }, RULES, {})).toBe(false);
});
