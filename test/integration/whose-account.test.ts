import { setTimeout as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StrictUser } from '../../local/emulators/workos.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { forgetInPool, showInPool } from '../fixtures/cognito-records.ts';
import { at, federatedUser, googleIdentity, observedUser, POOL } from '../fixtures/factories.ts';
import { closeAndCheckRequests } from '../rigs/close-and-check.ts';
import { type MirrorOnWorkos, startMirrorOnWorkos } from '../rigs/mirror-on-workos.ts';

// One test for each attack on accounts; docs/security.md lists the attacks with the rules against them.

let setting: MirrorOnWorkos;
beforeEach(async () => {
  setting = await startMirrorOnWorkos();
});
afterEach(() => closeAndCheckRequests(setting));
const workos = () => setting.workos.control;
const userAt = (email: string) => workos().userByEmail(email) as StrictUser;
const ada = () => userAt('ada@example.com');
const show = (user: ObservedUser) => showInPool(setting.cognito, user);
const forget = (sub: string) => forgetInPool(setting.cognito, sub);

const ADA = observedUser();
const MALLORY = 'cccccccc-0000-4000-8000-000000000003';
const BOB = 'dddddddd-0000-4000-8000-000000000004';

/** Mallory's Cognito profile, with Ada's address, which she never verified. */
const squatter = observedUser({
  sub: MALLORY,
  emailVerified: false,
  givenName: 'Mallory',
  familyName: 'Evil',
});

const snapshot = () => workos().users();

describe('a person who has signed in at WorkOS', () => {
  beforeEach(async () => {
    await setting.mirrorWith()(ADA);
    workos().signIn(ada().id);
    workos().updateUser(ada().id, { email: 'new@example.com', first_name: 'Augusta' });
  });

  it('keeps the address and the names chosen there when Cognito shows the old ones', async () => {
    const before = snapshot();
    const outcome = await setting.mirrorWith()(observedUser({ observedAt: at(60) }));
    expect(outcome.outcome).toBe('unchanged');
    expect(snapshot()).toEqual(before);
  });

  it('keeps the address and the names when Cognito shows new ones, and gets new tags', async () => {
    const linked = observedUser({
      givenName: 'Other',
      email: 'other@example.com',
      identities: [googleIdentity({ primary: false })],
      observedAt: at(60),
    });
    expect((await setting.mirrorWith()(linked)).outcome).toBe('updated');
    expect(userAt('new@example.com')).toMatchObject({
      first_name: 'Augusta',
      email_verified: false,
      metadata: { cognito_auth: 'password+federated', federated_providers: 'Google' },
    });
  });

  it('keeps the external id when a native profile of the same person appears', async () => {
    const google = federatedUser({ sub: BOB, email: 'bob@example.com' });
    await setting.mirrorWith()(google);
    workos().signIn(userAt('bob@example.com').id);
    const sub = MALLORY;
    const native = observedUser({ sub, email: 'bob@example.com', observedAt: at(60) });
    expect((await setting.mirrorWith()(native)).outcome).toBe('linked');
    expect(userAt('bob@example.com')).toMatchObject({
      external_id: BOB,
      first_name: 'Augusta',
      metadata: { cognito_linked_subs: MALLORY },
    });
  });

  it('is linked without a change of names when the WorkOS user had no external id', async () => {
    const { id } = workos().seedUser({
      email: 'grace@example.com',
      email_verified: true,
      first_name: 'G.',
      last_sign_in_at: at(0),
    });
    const grace = observedUser({ sub: BOB, email: 'grace@example.com', givenName: 'Grace' });
    expect((await setting.mirrorWith()(grace)).outcome).toBe('linked');
    expect(userAt('grace@example.com')).toMatchObject({ id, external_id: BOB, first_name: 'G.' });
  });
});

describe('a WorkOS user with an unverified email', () => {
  const email = 'ada@example.com';
  let trap: StrictUser;
  beforeEach(() => {
    trap = workos().register({ email, password: 'chosen by Mallory', first_name: 'Mallory' });
  });

  it('is in conflict, and no field changes', async () => {
    const before = snapshot();
    expect(await setting.mirrorWith()(ADA)).toEqual({
      outcome: 'conflict',
      reason: 'unverified_in_workos',
      workosUserId: trap.id,
    });
    expect(snapshot()).toEqual(before);
    expect(workos().verifyPassword(trap.id, 'chosen by Mallory')).toBe(true);
  });

  it('is taken over with takeOverUnverified, which replaces its password, ends its sessions and reports its factors', async () => {
    workos().openSession(trap.id);
    workos().addFactor(trap.id);
    const { familyName: _, ...nameless } = ADA;
    const outcome = await setting.mirrorWith({ takeOverUnverified: true })(nameless);
    expect(outcome).toMatchObject({ outcome: 'linked', leftoverFactors: ['totp'] });
    expect(ada()).toMatchObject({
      id: trap.id,
      external_id: ADA.sub,
      email_verified: true,
      first_name: 'Ada',
    });
    expect(workos().verifyPassword(trap.id, 'chosen by Mallory')).toBe(false);
    expect(
      workos()
        .sessionsOf(trap.id)
        .filter(({ status }) => status === 'active'),
    ).toEqual([]);
    const password = expect.stringMatching(/^.{40,}$/);
    const updates = workos().requests.filter(({ method }) => method === 'PUT');
    // The old password is replaced before the user is verified, also when an answer is lost in between.
    expect(updates.map(({ body }) => body)).toEqual([
      { password },
      expect.objectContaining({ password, email_verified: true, external_id: ADA.sub }),
    ]);
  });
});

describe('a Cognito profile with an address that it never verified', () => {
  it('is tagged unverified, and displaced by the owner although WorkOS has verified the address since', async () => {
    await setting.mirrorWith()(squatter);
    expect(ada().metadata.cognito_auth).toBe('password+unverified');
    workos().verifyEmail(ada().id);
    expect((await setting.mirrorWith()(observedUser({ observedAt: at(60) }))).outcome).toBe(
      'linked',
    );
    expect(ada()).toMatchObject({
      external_id: ADA.sub,
      first_name: 'Ada',
      metadata: { cognito_auth: 'password', cognito_synced_at: at(60) },
    });
    expect(ada().metadata).not.toHaveProperty('cognito_linked_subs');
  });

  it('changes nothing of a WorkOS user whose address was verified in WorkOS since', async () => {
    await setting.mirrorWith()(squatter);
    workos().verifyEmail(ada().id);
    workos().updateUser(ada().id, { first_name: 'Ada' });
    const before = snapshot();
    for (const change of [
      { givenName: 'Other' },
      { email: 'mallory@example.com', emailVerified: true },
      { email: 'mallory@example.com' },
      { identities: [googleIdentity({ primary: false })] },
    ]) {
      const outcome = await setting.mirrorWith()({ ...squatter, ...change, observedAt: at(60) });
      expect(outcome).toMatchObject({ outcome: 'conflict', reason: 'unverified_email' });
    }
    expect(snapshot()).toEqual(before);
  });

  it('loses its password and sessions when it is displaced after a sign-in', async () => {
    await setting.mirrorWith()(squatter);
    workos().signIn(ada().id);
    await setting.mirrorWith()(observedUser({ observedAt: at(60) }));
    expect(ada()).toMatchObject({ external_id: ADA.sub, email_verified: false });
    expect(
      workos()
        .sessionsOf(ada().id)
        .filter(({ status }) => status === 'active'),
    ).toEqual([]);
    expect(workos().passwordOf(ada().id)).toBeDefined();
  });

  it('updates its own WorkOS user while no other profile has verified the address', async () => {
    await setting.mirrorWith()(squatter);
    const renamed = { ...squatter, givenName: 'M.', observedAt: at(60) };
    expect((await setting.mirrorWith()(renamed)).outcome).toBe('updated');
    const verified = { ...renamed, emailVerified: true, observedAt: at(90) };
    expect((await setting.mirrorWith()(verified)).outcome).toBe('updated');
    expect(ada()).toMatchObject({ email_verified: true, external_id: MALLORY, first_name: 'M.' });
    expect(ada().metadata.cognito_auth).toBe('password');
  });
});

describe('an address that a profile which never verified it shares with a user who moves to it', () => {
  const bob = observedUser({ sub: BOB, email: 'bob@example.com', givenName: 'Bob' });
  const moved = { ...bob, email: 'ada@example.com', observedAt: at(60) };
  beforeEach(async () => {
    await setting.mirrorWith()(bob);
    show(squatter);
    show(moved);
  });

  it('stays with the profile that was mirrored first, since two WorkOS users cannot be merged: conflict email_taken', async () => {
    await setting.mirrorWith()(squatter);
    const before = snapshot();
    const outcome = await setting.mirrorWith()(moved);
    expect(outcome).toMatchObject({ outcome: 'conflict', reason: 'email_taken' });
    expect(snapshot()).toEqual(before);
  });

  it('goes to the user who moved when that was mirrored first, and the other profile is in conflict unverified_email', async () => {
    expect((await setting.mirrorWith()(moved)).outcome).toBe('updated');
    const before = snapshot();
    const outcome = await setting.mirrorWith()(squatter);
    expect(outcome).toMatchObject({ outcome: 'conflict', reason: 'unverified_email' });
    expect(ada()).toMatchObject({ external_id: BOB });
    expect(snapshot()).toEqual(before);
  });
});

describe('an address that Cognito has passed on', () => {
  const movedAway = observedUser({ email: 'ada@elsewhere.example', observedAt: at(30) });
  const bob = observedUser({ sub: BOB, givenName: 'Bob', familyName: 'Y.', observedAt: at(60) });
  beforeEach(async () => {
    await setting.mirrorWith()(ADA);
  });

  it('is free once its former holder has been moved on, who keeps the account', async () => {
    const { id } = ada();
    show(movedAway);
    expect((await setting.mirrorWith()(bob)).outcome).toBe('created');
    expect(userAt('ada@elsewhere.example')).toMatchObject({ id, external_id: ADA.sub });
    expect(ada()).toMatchObject({ external_id: BOB, first_name: 'Bob' });
    expect(userAt('ada@elsewhere.example').metadata).not.toHaveProperty('cognito_linked_subs');
  });

  it.each([
    ['was deleted', undefined],
    ['has not verified the new address', { ...movedAway, emailVerified: false }],
    ['is disabled', { ...movedAway, enabled: false }],
    ['has no address any more', { ...movedAway, email: undefined as never, emailVerified: false }],
  ])('is in conflict when its former holder %s', async (_, holder) => {
    const before = snapshot();
    if (holder === undefined) forget(ADA.sub);
    else show(holder);
    expect(await setting.mirrorWith()(bob)).toMatchObject({
      outcome: 'conflict',
      reason: 'address_passed_on',
    });
    expect(snapshot()).toEqual(before);
  });

  it('is in conflict when its former holder has signed in at WorkOS', async () => {
    workos().signIn(ada().id);
    const before = snapshot();
    show(movedAway);
    expect(await setting.mirrorWith()(bob)).toMatchObject({ reason: 'address_passed_on' });
    expect(snapshot()).toEqual(before);
  });

  it('is in conflict when the new address of its former holder is taken', async () => {
    workos().seedUser({ email: 'ada@elsewhere.example', email_verified: true });
    show(movedAway);
    expect(await setting.mirrorWith()(bob)).toMatchObject({ reason: 'address_passed_on' });
    expect(ada().external_id).toBe(ADA.sub);
  });

  it('does not return to its former holder by an old message', async () => {
    show(movedAway);
    await setting.mirrorWith()(bob);
    const before = snapshot();
    show(movedAway);
    // Ada's user is known by her sub; Mallory's old message has to go by the address.
    const former = observedUser({ sub: MALLORY, observedAt: at(10) });
    show({ ...former, email: 'mallory@example.com', observedAt: at(20) });
    expect((await setting.mirrorOld()(observedUser({ observedAt: at(1) }))).outcome).toBe('stale');
    expect((await setting.mirrorOld()(former)).outcome).toBe('stale');
    forget(MALLORY);
    expect((await setting.mirrorOld()(former)).outcome).toBe('stale');
    expect(snapshot()).toEqual(before);
  });

  it.each([
    ['end', [1, 0]],
    ['start', [0]],
  ])('is passed along a chain of users when the %s of the chain is observed', async (_, order) => {
    const carol = observedUser({ sub: MALLORY, email: 'carol@example.com' });
    await setting.mirrorWith()(carol);
    const moves = [
      observedUser({ email: 'carol@example.com', observedAt: at(60) }),
      { ...carol, email: 'free@example.com', observedAt: at(60) },
    ];
    for (const user of moves) show(user);
    for (const index of order) {
      const user = moves[index] ?? ADA;
      expect((await setting.mirrorOld()(user)).outcome).toBe('updated');
    }
    expect(userAt('carol@example.com').external_id).toBe(ADA.sub);
    expect(userAt('free@example.com').external_id).toBe(MALLORY);
  });

  it('is in conflict when two users swap their addresses', async () => {
    const carol = observedUser({ sub: MALLORY, email: 'carol@example.com' });
    await setting.mirrorWith()(carol);
    const before = snapshot();
    show({ ...carol, email: 'ada@example.com', observedAt: at(60) });
    const swapped = observedUser({ email: 'carol@example.com', observedAt: at(60) });
    expect(await setting.mirrorWith()(swapped)).toMatchObject({ reason: 'address_passed_on' });
    expect(snapshot()).toEqual(before);
  });
});

describe('an external id of the customer', () => {
  it.each([true, false])(
    'is not taken for a sub although it is a UUID (verified: %s)',
    async (verified) => {
      workos().seedUser({
        email: 'ada@example.com',
        email_verified: verified,
        external_id: 'eeeeeeee-0000-4000-8000-000000000005',
      });
      const before = snapshot();
      expect(await setting.mirrorWith()(ADA)).toMatchObject({
        outcome: 'conflict',
        reason: 'foreign_external_id',
      });
      expect(snapshot()).toEqual(before);
    },
  );

  it.each(['', 'eu-central-1_Other0001'])(
    'is not taken for a sub with the pool tag "%s"',
    async (pool) => {
      workos().seedUser({
        email: 'ada@example.com',
        email_verified: true,
        external_id: BOB,
        metadata: { cognito_pool: pool, cognito_auth: 'password' },
      });
      const before = snapshot();
      expect(await setting.mirrorWith()(ADA)).toMatchObject({ reason: 'foreign_external_id' });
      expect(snapshot()).toEqual(before);
    },
  );
});

describe('a SAML or OIDC provider', () => {
  const saml = (name: string, type = 'SAML') =>
    federatedUser({
      sub: MALLORY,
      identities: [googleIdentity({ providerName: name, providerType: type })],
      observedAt: at(60),
    });
  const trusting = (domains: 'all' | ReadonlySet<string>) =>
    setting.mirrorWith({ trustedProviders: new Map([['TenantA', domains]]) });

  it.each(['SAML', 'OIDC'])('cannot claim the address of another user (%s)', async (type) => {
    await setting.mirrorWith()(ADA);
    const before = snapshot();
    const outcome = await setting.mirrorWith()(saml('TenantA', type));
    expect(outcome).toMatchObject({ outcome: 'conflict', reason: 'unverified_email' });
    expect(snapshot()).toEqual(before);
  });

  it('gains nothing when its profile is mirrored first', async () => {
    await setting.mirrorWith()(saml('TenantA'));
    expect(ada().metadata.cognito_auth).toBe('federated+unverified');
    await setting.mirrorWith()(observedUser({ observedAt: at(90) }));
    expect(ada()).toMatchObject({ external_id: ADA.sub, first_name: 'Ada' });
    expect(ada().metadata).not.toHaveProperty('cognito_linked_subs');
  });

  it('is trusted only by its name and for its domains in TRUSTED_EMAIL_PROVIDERS', async () => {
    await setting.mirrorWith()(ADA);
    const elsewhere = new Set(['acme.com']);
    expect((await trusting(elsewhere)(saml('TenantA'))).outcome).toBe('conflict');
    expect((await trusting(new Set(['example.com']))(saml('TenantB'))).outcome).toBe('conflict');
    expect((await trusting(new Set(['example.com']))(saml('TenantA'))).outcome).toBe('linked');
    expect(ada().metadata.cognito_linked_subs).toBe(MALLORY);
  });
});

describe('the comparison of addresses', () => {
  it('tells a KELVIN SIGN from a k, and reports a conflict', async () => {
    // WorkOS may compare them by Unicode's rules, and then says that the address is taken.
    workos().seedUser({ email: '\u212Aate@example.com', email_verified: true });
    const before = snapshot();
    const lookalike = observedUser({ email: 'kate@example.com' });
    expect(await setting.mirrorWith()(lookalike)).toMatchObject({
      outcome: 'conflict',
      reason: 'email_taken',
    });
    expect(snapshot()).toEqual(before);
  });

  it('ignores the case of ASCII letters', async () => {
    workos().seedUser({ email: 'ada@example.com', email_verified: true });
    const shouted = observedUser({ email: 'ADA@EXAMPLE.COM' });
    expect((await setting.mirrorWith()(shouted)).outcome).toBe('linked');
  });
});

describe('a link between profiles', () => {
  it('ends, with the tags of the linked profile, when that moves to another address', async () => {
    const mirror = setting.mirrorWith();
    const facebook = federatedUser({
      sub: BOB,
      identities: [googleIdentity({ providerName: 'Facebook', providerType: 'Facebook' })],
    });
    for (const user of [ADA, federatedUser(), facebook]) await mirror(user);
    expect(ada().metadata.federated_providers).toBe('Facebook,Google');
    const moved = { ...facebook, email: 'bob@example.com', observedAt: at(60) };
    expect((await mirror(moved)).outcome).toBe('created');
    expect(ada().metadata).toMatchObject({
      cognito_linked_subs: federatedUser().sub,
      federated_providers: 'Google',
      cognito_auth: 'password+federated',
    });
    expect(userAt('bob@example.com').external_id).toBe(BOB);
  });

  it('of a profile to itself is removed', async () => {
    await setting.mirrorWith()(ADA);
    const metadata = { ...ada().metadata, cognito_linked_subs: ADA.sub };
    workos().updateUser(ada().id, { metadata });
    expect((await setting.mirrorWith()(observedUser({ observedAt: at(60) }))).outcome).toBe(
      'updated',
    );
    expect(ada().metadata).not.toHaveProperty('cognito_linked_subs');
  });

  it('does not let the names of the former primary profile land last', async () => {
    const late = (body: unknown) => (body as { first_name?: string } | undefined)?.first_name;
    const racing = await startMirrorOnWorkos({
      latencyMs: ({ body }) => (late(body) === 'Later' ? 200 : 0),
    });
    const control = racing.workos.control;
    await racing.mirrorWith()(federatedUser());
    const { givenName: _, familyName: __, ...nameless } = ADA;
    const native = { ...nameless, observedAt: at(60) };
    showInPool(racing.cognito, native);
    // The write of the federated profile is under way while the native one takes its place.
    const slow = racing.mirrorWith()(federatedUser({ givenName: 'Later', observedAt: at(30) }));
    while (!control.requests.some(({ body }) => late(body) === 'Later')) await nextTurn();
    expect((await racing.mirrorOld()(native)).outcome).toBe('linked');
    await slow;
    expect(control.users()).toMatchObject([
      {
        external_id: ADA.sub,
        first_name: '',
        last_name: '',
        metadata: {
          cognito_auth: 'password+federated',
          cognito_linked_subs: federatedUser().sub,
          federated_providers: 'Google',
        },
      },
    ]);
    await racing.close();
  });
});

describe('metadata keys of the customer', () => {
  const keys = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`crm_${n}`, 'x']));

  it.each([8, 9, 10])(
    'leave no room when there are %i: conflict metadata_full, and nothing is written',
    async (count) => {
      workos().seedUser({ email: 'ada@example.com', email_verified: true, metadata: keys(count) });
      const before = snapshot();
      expect(await setting.mirrorWith()(ADA)).toMatchObject({
        outcome: 'conflict',
        reason: 'metadata_full',
      });
      expect(snapshot()).toEqual(before);
    },
  );

  it('leave room for the three required keys when there are seven', async () => {
    workos().seedUser({ email: 'ada@example.com', email_verified: true, metadata: keys(7) });
    expect((await setting.mirrorWith()(federatedUser())).outcome).toBe('linked');
    expect(ada().metadata).toEqual({
      ...keys(7),
      cognito_pool: POOL,
      cognito_auth: 'federated',
      cognito_synced_at: at(0),
    });
    const again = await setting.mirrorWith()(federatedUser({ observedAt: at(60) }));
    expect(again.outcome).toBe('unchanged');
  });
});

describe('the mirror, when Cognito cannot be asked', () => {
  it('changes nothing on the strength of an email, and links at the next attempt', async () => {
    workos().seedUser({ email: 'ada@example.com', email_verified: true });
    const before = snapshot();
    show(ADA);
    setting.cognito.control.denied.add('ListUsers');
    await expect(setting.mirrorOld()(ADA)).rejects.toThrow(/allow cognito-idp:ListUsers/);
    expect(snapshot()).toEqual(before);
    setting.cognito.control.denied.clear();
    expect((await setting.mirrorOld()(ADA)).outcome).toBe('linked');
  });

  it('creates and updates where no decision rests on an email', async () => {
    setting.cognito.control.denied.add('ListUsers');
    const mirror = setting.mirrorOld();
    expect((await mirror(ADA)).outcome).toBe('created');
    expect((await mirror(observedUser({ observedAt: at(60) }))).outcome).toBe('unchanged');
    const renamed = observedUser({ givenName: 'Augusta', observedAt: at(90) });
    expect((await mirror(renamed)).outcome).toBe('updated');
    expect(setting.cognito.control.requests).toEqual([]);
  });
});
