import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Mirror } from '../../src/mirror/mirror.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { showInPool } from '../fixtures/cognito-records.ts';
import { federatedUser, observedUser } from '../fixtures/factories.ts';
import { type Rig, startRig } from '../rigs/ledger-rig.ts';

let rig: Rig;
afterEach(() => rig.close());
const iso = () => {
  rig.clock.ms += 1000;
  return new Date(rig.clock.ms).toISOString();
};
const person = (name: string, partial: Partial<ObservedUser> = {}) =>
  observedUser({
    sub: `${name}-sub`,
    username: name,
    email: `${name}@example.com`,
    givenName: name,
    observedAt: iso(),
    ...partial,
  });
const show = (user: ObservedUser) => showInPool(rig.cognito, user);
const names = (which: 'bare' | 'led') =>
  Object.fromEntries(
    rig[which].control.users().map(({ external_id, first_name }) => [external_id, first_name]),
  );

describe('two sandboxes that mirror at the same time', () => {
  it('end at the newest state at the next sign-in when an older write lands after the holder was moved on', async () => {
    const late = (body: unknown) => (body as { first_name?: string } | undefined)?.first_name;
    rig = await startRig({ latencyMs: ({ body }) => (late(body) === 'Old' ? 500 : 0) });
    const history = async (which: 'bare' | 'led', one: Mirror, two: Mirror) => {
      const a = person('ada');
      show(a);
      await one(a);
      const old = person('ada', { givenName: 'Old' });
      const moved = person('ada', { givenName: 'New', email: 'new@example.com' });
      show(moved);
      const bob = person('bob', { email: 'ada@example.com' });
      show(bob);
      const slow = one(old);
      while (!rig[which].control.requests.some(({ body }) => late(body) === 'Old')) await delay(5);
      await two(bob);
      await slow;
      await two({ ...moved, observedAt: iso() });
    };
    await history('bare', rig.bareMirror(), rig.bareMirror());
    expect(names('bare')['ada-sub']).toBe('New');
    await history('led', rig.ledMirror(), rig.ledMirror());
    expect(names('led')['ada-sub']).toBe('New');
  });
});

describe('a user that was deleted in WorkOS', () => {
  it('is still known as deleted after the event of another user tried to move it on', async () => {
    rig = await startRig();
    const mirror = rig.ledMirror();
    const a = person('ada');
    show(a);
    await mirror(a);
    rig.led.control.seedUser({ email: 'taken@example.com', email_verified: true });
    show(person('ada', { email: 'taken@example.com' }));
    const bob = person('bob', { email: 'ada@example.com' });
    show(bob);
    expect(await mirror(bob)).toMatchObject({ reason: 'address_passed_on' });
    // Ada is erased in WorkOS on request.
    rig.led.control.deleteUser(rig.led.control.userByEmail('ada@example.com')?.id ?? '');
    const back = person('ada', { email: 'back@example.com' });
    show(back);
    expect(await mirror(back)).toMatchObject({ outcome: 'conflict', reason: 'deleted_in_workos' });
  });
});

describe('a linked profile', () => {
  it('is unlinked when it moves to an address where it is in conflict', async () => {
    rig = await startRig();
    const mirror = rig.ledMirror();
    const ada = person('ada');
    const goo = federatedUser({
      sub: 'goo-sub',
      username: 'goo',
      email: 'ada@example.com',
      observedAt: iso(),
    });
    const bob = person('bob');
    for (const user of [ada, goo, bob]) {
      show(user);
      await mirror(user);
    }
    const linked = () =>
      rig.led.control.userByEmail('ada@example.com')?.metadata.cognito_linked_subs;
    expect(linked()).toBe('goo-sub');
    const moved = { ...goo, email: 'bob@example.com', emailVerified: false, observedAt: iso() };
    show(moved);
    expect(await mirror(moved)).toMatchObject({ outcome: 'conflict' });
    expect(linked()).toBeUndefined();
  });
});
