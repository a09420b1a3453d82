import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { showInPool } from '../fixtures/cognito-records.ts';
import { at, federatedUser, googleIdentity, observedUser } from '../fixtures/factories.ts';
import { type MirrorOnWorkos, startMirrorOnWorkos } from '../rigs/mirror-on-workos.ts';

// At each sign-in through a linked provider, Cognito writes the provider's claims into the native profile.

let setting: MirrorOnWorkos;
beforeEach(async () => {
  setting = await startMirrorOnWorkos();
});
afterEach(() => setting.close());
const ada = () => setting.workos.control.userByEmail('ada@example.com');

const SUB = 'cccccccc-0000-4000-8000-000000000003';
const saml = { providerName: 'Evil', providerType: 'SAML', userId: 'x', primary: false };
const trusting = (domains: 'all' | ReadonlySet<string>) => ({
  trustedProviders: new Map([['Evil', domains]]),
});

describe('a native profile with a linked SAML identity', () => {
  const victim = federatedUser({ email: 'ada@example.com' });
  const linked = observedUser({
    sub: SUB,
    username: 'mallory',
    email: 'ada@example.com',
    identities: [saml],
    observedAt: at(60),
  });

  it('does not take over the WorkOS user of an address that an untrusted provider asserts', async () => {
    await setting.mirrorWith()(victim);
    const outcome = await setting.mirrorWith()(linked);
    expect(outcome).toMatchObject({ outcome: 'conflict', reason: 'unverified_email' });
    expect(ada()).toMatchObject({ external_id: victim.sub, first_name: 'Augusta' });
    expect(ada()?.metadata).not.toHaveProperty('cognito_linked_subs');
  });

  it('is displaced by the owner of the address when it was mirrored first', async () => {
    await setting.mirrorWith()(linked);
    expect(ada()).toMatchObject({
      external_id: SUB,
      metadata: { cognito_auth: 'password+federated+unverified' },
    });
    const outcome = await setting.mirrorWith()({ ...victim, observedAt: at(90) });
    expect(outcome.outcome).toBe('linked');
    expect(ada()).toMatchObject({ external_id: victim.sub, first_name: 'Augusta' });
    expect(ada()?.metadata).not.toHaveProperty('cognito_linked_subs');
  });

  it('keeps its own WorkOS user up to date while the provider is not trusted', async () => {
    await setting.mirrorWith()(linked);
    const renamed = { ...linked, givenName: 'Augusta', observedAt: at(90) };
    expect((await setting.mirrorWith()(renamed)).outcome).toBe('updated');
    expect(ada()).toMatchObject({ external_id: SUB, first_name: 'Augusta' });
  });

  it.each([
    ['whole', 'all' as const],
    ['for the domain', new Set(['example.com'])],
  ])('counts as verified once its provider is trusted %s', async (_, domains) => {
    await setting.mirrorWith()(victim);
    await setting.mirrorWith()(linked);
    const outcome = await setting.mirrorWith(trusting(domains))({ ...linked, observedAt: at(90) });
    expect(outcome.outcome).toBe('linked');
    expect(ada()).toMatchObject({
      external_id: SUB,
      metadata: { cognito_auth: 'password+federated', cognito_linked_subs: victim.sub },
    });
  });

  it('loses the tag unverified once its provider is trusted', async () => {
    await setting.mirrorWith()(linked);
    const again = { ...linked, observedAt: at(90) };
    expect((await setting.mirrorWith(trusting('all'))(again)).outcome).toBe('updated');
    expect(ada()?.metadata.cognito_auth).toBe('password+federated');
  });

  it('does not count as verified where its provider is trusted for another domain', async () => {
    await setting.mirrorWith()(victim);
    const outcome = await setting.mirrorWith(trusting(new Set(['acme.com'])))(linked);
    expect(outcome).toMatchObject({ reason: 'unverified_email' });
  });

  it('does not move its own WorkOS user to an address that an untrusted provider asserts', async () => {
    const honest = { ...linked, email: 'mallory@example.com', identities: [], observedAt: at(0) };
    await setting.mirrorWith()(honest);
    const outcome = await setting.mirrorWith()(linked);
    expect(outcome).toMatchObject({ outcome: 'conflict', reason: 'unverified_email' });
    expect(ada()).toBeUndefined();
    expect((await setting.mirrorWith(trusting('all'))(linked)).outcome).toBe('updated');
    expect(ada()?.external_id).toBe(SUB);
  });

  it('moves its own WorkOS user only while Cognito shows a trusted identity alone', async () => {
    const honest = { ...linked, email: 'mallory@example.com', identities: [], observedAt: at(0) };
    await setting.mirrorWith()(honest);
    showInPool(setting.cognito, linked);
    const outcome = await setting.mirrorOld()({ ...linked, identities: [] });
    expect(outcome).toMatchObject({ outcome: 'conflict', reason: 'unverified_email' });
    expect(ada()).toBeUndefined();
  });

  it('does not count as verified by a trusted provider while Cognito has not verified the address', async () => {
    await setting.mirrorWith()(victim);
    const unverified = { ...linked, emailVerified: false };
    const outcome = await setting.mirrorWith(trusting('all'))(unverified);
    expect(outcome).toMatchObject({ reason: 'unverified_email' });
  });
});

it('a native profile with a linked Google identity takes over from its federated profile', async () => {
  const google = federatedUser();
  await setting.mirrorWith()(google);
  const linked = observedUser({
    sub: SUB,
    identities: [googleIdentity({ primary: false })],
    observedAt: at(60),
  });
  expect((await setting.mirrorWith()(linked)).outcome).toBe('linked');
  expect(ada()).toMatchObject({
    external_id: SUB,
    metadata: { cognito_auth: 'password+federated', cognito_linked_subs: google.sub },
  });
});
