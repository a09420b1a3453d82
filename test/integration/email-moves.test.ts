import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { forgetInPool, showInPool } from '../fixtures/cognito-records.ts';
import { at, federatedUser, observedUser } from '../fixtures/factories.ts';
import { type MirrorOnWorkos, startMirrorOnWorkos } from '../rigs/mirror-on-workos.ts';

// The pool shows what it is told to show: a message may be older than that.

let setting: MirrorOnWorkos;
beforeEach(async () => {
  setting = await startMirrorOnWorkos();
});
afterEach(() => setting.close());
const workos = () => setting.workos.control;
const show = (user: ObservedUser) => showInPool(setting.cognito, user);

const before = observedUser({ email: 'first@example.com' });
const moved = { ...before, email: 'second@example.com', observedAt: at(60) };
const lookups = () => setting.cognito.control.requests.length;

describe('a message with a new address', () => {
  beforeEach(async () => {
    await setting.mirrorWith()(before);
  });

  it('moves the WorkOS user, after one question to Cognito and in two requests to WorkOS', async () => {
    show(moved);
    const sent = workos().requests.length;
    expect((await setting.mirrorOld()(moved)).outcome).toBe('updated');
    expect(workos().userByEmail('second@example.com')?.external_id).toBe(before.sub);
    expect(workos().requests.length - sent).toBe(2);
    expect(lookups()).toBe(1);
  });

  it('does not move the WorkOS user when the profile has given the address up since', async () => {
    show({ ...before, email: 'third@example.com', observedAt: at(600) });
    expect((await setting.mirrorOld()(moved)).outcome).toBe('stale');
    expect(workos().userByEmail('second@example.com')).toBeUndefined();
    expect(workos().userByEmail('first@example.com')?.external_id).toBe(before.sub);
  });

  it('does not move the WorkOS user when Cognito no longer has the address verified', async () => {
    show({ ...moved, emailVerified: false, observedAt: at(600) });
    expect((await setting.mirrorOld()(moved)).outcome).toBe('stale');
  });

  it('does not move the WorkOS user of a profile that is gone', async () => {
    forgetInPool(setting.cognito, before.sub);
    expect((await setting.mirrorOld()(moved)).outcome).toBe('stale');
  });

  it('is skipped when the profile was disabled since', async () => {
    show({ ...moved, enabled: false });
    const outcome = await setting.mirrorOld()(moved);
    expect(outcome).toEqual({ outcome: 'skipped', reason: 'disabled' });
    expect(workos().userByEmail('second@example.com')).toBeUndefined();
  });

  it('writes the names that the profile has now', async () => {
    show({ ...moved, givenName: 'Augusta', observedAt: at(600) });
    expect((await setting.mirrorOld()(moved)).outcome).toBe('updated');
    const user = workos().userByEmail('second@example.com');
    expect(user).toMatchObject({
      first_name: 'Augusta',
      metadata: { cognito_synced_at: at(600) },
    });
  });

  it('asks Cognito twice where the address is taken', async () => {
    const holder = federatedUser({ email: 'second@example.com' });
    await setting.mirrorWith()(holder);
    show(moved);
    const outcome = await setting.mirrorOld()(moved);
    expect(outcome).toMatchObject({ outcome: 'conflict', reason: 'email_taken' });
    expect(lookups()).toBe(2);
  });
});

describe('a message that says for the first time that the address is verified', () => {
  const unverified = observedUser({ emailVerified: false });
  const verified = observedUser({ observedAt: at(60) });
  const ada = () => workos().userByEmail('ada@example.com');

  it.each([
    ['not verified', false],
    ['verified', true],
  ])(
    'changes nothing of a WorkOS user with the address %s when the profile has another address now',
    async (_, isVerified) => {
      await setting.mirrorWith()(unverified);
      if (isVerified) workos().verifyEmail(ada()?.id ?? '');
      show({ ...verified, email: 'third@example.com', observedAt: at(600) });
      expect((await setting.mirrorOld()(verified)).outcome).toBe('stale');
      expect(ada()).toMatchObject({
        email_verified: isVerified,
        metadata: { cognito_auth: 'password+unverified' },
      });
    },
  );

  it('removes the tag unverified when Cognito confirms it', async () => {
    await setting.mirrorWith()(unverified);
    show(verified);
    expect((await setting.mirrorOld()(verified)).outcome).toBe('updated');
    expect(ada()).toMatchObject({
      email_verified: true,
      metadata: { cognito_auth: 'password' },
    });
  });
});

describe('a user who moves to the address of a squatter', () => {
  const squatter = observedUser({
    sub: 'cccccccc-0000-4000-8000-000000000003',
    email: 'second@example.com',
    emailVerified: false,
  });

  it('gets it when observed first; the squatter is in conflict', async () => {
    await setting.mirrorWith()(before);
    await setting.mirrorWith()(moved);
    const outcome = await setting.mirrorWith()(squatter);
    expect(outcome).toMatchObject({ outcome: 'conflict', reason: 'unverified_email' });
    expect(workos().userByEmail('second@example.com')?.external_id).toBe(before.sub);
  });

  it('is in conflict when the squatter was observed first: two WorkOS users cannot be merged', async () => {
    await setting.mirrorWith()(before);
    await setting.mirrorWith()(squatter);
    const outcome = await setting.mirrorWith()(moved);
    expect(outcome).toMatchObject({ outcome: 'conflict', reason: 'email_taken' });
    expect(workos().userByEmail('second@example.com')?.external_id).toBe(squatter.sub);
    expect(workos().userByEmail('first@example.com')?.external_id).toBe(before.sub);
  });

  describe('who has another, verified address by now', () => {
    const squattersNow = {
      ...squatter,
      email: 'third@example.com',
      emailVerified: true,
      observedAt: at(120),
    };
    beforeEach(async () => {
      await setting.mirrorWith()(before);
      await setting.mirrorWith()(squatter);
      show(moved);
      show(squattersNow);
    });

    it('gets it, and the WorkOS user of the squatter moves to that address first', async () => {
      expect((await setting.mirrorOld()(moved)).outcome).toBe('updated');
      expect(workos().userByEmail('second@example.com')?.external_id).toBe(before.sub);
      expect(workos().userByEmail('third@example.com')?.external_id).toBe(squatter.sub);
    });

    it('is in conflict when a person has proved the address in WorkOS since', async () => {
      workos().verifyEmail(workos().userByEmail('second@example.com')?.id ?? '');
      const outcome = await setting.mirrorOld()(moved);
      expect(outcome).toMatchObject({ outcome: 'conflict', reason: 'email_taken' });
      expect(workos().userByEmail('second@example.com')?.external_id).toBe(squatter.sub);
    });

    it('is in conflict when the squatter has signed in at WorkOS', async () => {
      workos().signIn(workos().userByEmail('second@example.com')?.id ?? '');
      const outcome = await setting.mirrorOld()(moved);
      expect(outcome).toMatchObject({ outcome: 'conflict', reason: 'email_taken' });
    });
  });
});
