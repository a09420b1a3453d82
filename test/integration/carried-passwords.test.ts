import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StrictUser } from '../../local/emulators/workos.ts';
import type { CarriedPassword } from '../../src/mirror/carried-password.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { showInPool } from '../fixtures/cognito-records.ts';
import { at, federatedUser, observedUser } from '../fixtures/factories.ts';
import { closeAndCheckRequests } from '../rigs/close-and-check.ts';
import { type MirrorOnWorkos, startMirrorOnWorkos } from '../rigs/mirror-on-workos.ts';

let setting: MirrorOnWorkos;
beforeEach(async () => {
  setting = await startMirrorOnWorkos();
});
afterEach(() => closeAndCheckRequests(setting));

const HASH = `$pbkdf2$i=210000,d=sha512$c2FsdHNhbHRzYWx0c2FsdA$${'A'.repeat(86)}`;
const OTHER_HASH = HASH.replace('c2Fsd', 'b3RoZ');

function password(options: { isReset?: boolean; hash?: string | undefined } = {}) {
  const { isReset = false } = options;
  let hash = 'hash' in options ? options.hash : HASH;
  const refusals: string[] = [];
  const carried: CarriedPassword = {
    isReset,
    observedAt: at(0),
    isSealed: hash !== undefined,
    hash: async () =>
      hash === undefined ? undefined : { passwordHash: hash, passwordHashType: 'pbkdf2' },
    isPending: () => false,
    refuse(code) {
      refusals.push(code);
      hash = undefined;
    },
  };
  return { ...carried, refusals };
}

/** The password that WorkOS has of a user: a hash, `none`, or `random`. */
function passwordAtWorkos(user: StrictUser | undefined) {
  const set = setting.workos.control.passwordOf(user?.id ?? '');
  if (set === undefined) return 'none';
  return set.kind === 'hash' ? set.hash : 'random';
}

function userOf({ sub }: { sub: string }): StrictUser | undefined {
  return setting.workos.control.users().find(({ external_id }) => external_id === sub);
}

const NATIVE = observedUser();
const reset = (user: ObservedUser, seconds: number) => ({ ...user, observedAt: at(seconds) });

describe('the mirror, given a password', () => {
  it('creates a new user with it, in one request', async () => {
    const outcome = await setting.mirrorWith()(NATIVE, undefined, password());
    expect(outcome).toMatchObject({ outcome: 'created', passwordCarried: 'first' });
    expect(passwordAtWorkos(userOf(NATIVE))).toBe(HASH);
    expect(userOf(NATIVE)?.metadata.cognito_auth).toBe('password+carried');
  });

  it('sets it once more where nothing else has changed', async () => {
    const mirror = setting.mirrorWith();
    await mirror(NATIVE, undefined, password());
    const again = await mirror(reset(NATIVE, 5), undefined, password({ hash: OTHER_HASH }));
    expect(again).toMatchObject({ outcome: 'updated', passwordCarried: 'again' });
    expect(passwordAtWorkos(userOf(NATIVE))).toBe(OTHER_HASH);
  });

  it('keeps the tag with observations that bring no password', async () => {
    const mirror = setting.mirrorWith();
    await mirror(NATIVE, undefined, password());
    expect(await mirror(reset(NATIVE, 5))).toMatchObject({ outcome: 'unchanged' });
    await mirror({ ...reset(NATIVE, 6), givenName: 'Augusta' });
    expect(userOf(NATIVE)?.metadata.cognito_auth).toBe('password+carried');
    expect(passwordAtWorkos(userOf(NATIVE))).toBe(HASH);
  });

  it('does not set it for a user who has signed in at WorkOS', async () => {
    const mirror = setting.mirrorWith();
    await mirror(NATIVE);
    setting.workos.control.signIn(userOf(NATIVE)?.id ?? '');
    const outcome = await mirror(reset(NATIVE, 5), undefined, password());
    expect(outcome).not.toHaveProperty('passwordCarried');
    expect(passwordAtWorkos(userOf(NATIVE))).toBe('none');
  });

  it.each([
    ['of a federated profile', federatedUser()],
    ['of a profile whose address is not verified', observedUser({ emailVerified: false })],
    ['that an administrator gave', observedUser({ status: 'FORCE_CHANGE_PASSWORD' })],
  ])('does not set the one %s', async (_, user) => {
    const outcome = await setting.mirrorWith()(user, undefined, password());
    expect(outcome).toMatchObject({ outcome: 'created' });
    expect(outcome).not.toHaveProperty('passwordCarried');
    expect(passwordAtWorkos(userOf(user))).toBe('none');
  });

  it('sets the one that a user has chosen in place of an administrator’s, once Cognito says so', async () => {
    const mirror = setting.mirrorWith();
    await mirror({ ...NATIVE, status: 'FORCE_CHANGE_PASSWORD' });
    await mirror(
      { ...reset(NATIVE, 5), status: 'CONFIRMED' },
      undefined,
      password({ isReset: true }),
    );
    expect(passwordAtWorkos(userOf(NATIVE))).toBe(HASH);
  });

  it('sets it where a native profile takes over from a federated one', async () => {
    const mirror = setting.mirrorWith();
    await mirror(federatedUser({ email: NATIVE.email ?? '', emailVerified: true }));
    const outcome = await mirror(reset(NATIVE, 5), undefined, password());
    expect(outcome).toMatchObject({ outcome: 'linked', passwordCarried: 'first' });
    expect(passwordAtWorkos(userOf(NATIVE))).toBe(HASH);
  });

  it('sets it in place of a random one where an unverified WorkOS user is taken over', async () => {
    const email = NATIVE.email ?? '';
    setting.workos.control.register({ email, password: 'a-password-of-a-stranger' });
    const mirror = setting.mirrorWith({ takeOverUnverified: true });
    expect(await mirror(NATIVE, undefined, password())).toMatchObject({ outcome: 'linked' });
    expect(passwordAtWorkos(userOf(NATIVE))).toBe(HASH);
  });

  it('mirrors the user without it where WorkOS refuses the hash', async () => {
    const refused = password({ hash: 'no hash of any kind' });
    const outcome = await setting.mirrorWith()(NATIVE, undefined, refused);
    expect(outcome).toMatchObject({ outcome: 'created' });
    expect(refused.refusals).toEqual(['invalid_password_hash']);
    expect(userOf(NATIVE)?.metadata.cognito_auth).toBe('password');
    const update = password({ hash: 'no hash of any kind' });
    const renamed = { ...reset(NATIVE, 5), givenName: 'Augusta' };
    expect(await setting.mirrorWith()(renamed, undefined, update)).toMatchObject({
      outcome: 'updated',
    });
    expect(userOf(NATIVE)).toMatchObject({ first_name: 'Augusta' });
  });
});

describe('a carried password', () => {
  it('is overwritten when its profile no longer holds the address, which another profile has proved', async () => {
    const mirror = setting.mirrorWith();
    await mirror(NATIVE, undefined, password());
    // Cognito no longer calls the address verified, and then another user proves it.
    await mirror({ ...reset(NATIVE, 5), emailVerified: false });
    expect(userOf(NATIVE)?.metadata.cognito_auth).toBe('password+unverified+carried');
    const owner = observedUser({ sub: 'owner-sub', username: 'owner', observedAt: at(10) });
    expect(await mirror(owner)).toMatchObject({ outcome: 'linked' });
    expect(passwordAtWorkos(userOf(owner))).toBe('random');
    expect(userOf(owner)?.metadata.cognito_auth).toBe('password');
  });

  it('is replaced by the new owner’s when that one brings a password', async () => {
    const mirror = setting.mirrorWith();
    await mirror(NATIVE, undefined, password());
    await mirror({ ...reset(NATIVE, 5), emailVerified: false });
    const owner = observedUser({ sub: 'owner-sub', username: 'owner', observedAt: at(10) });
    await mirror(owner, undefined, password({ hash: OTHER_HASH }));
    expect(passwordAtWorkos(userOf(owner))).toBe(OTHER_HASH);
  });

  it('is overwritten when the user has reset the password and the new one did not come along', async () => {
    const mirror = setting.mirrorWith();
    await mirror(NATIVE, undefined, password());
    const forgotten = password({ isReset: true, hash: undefined });
    expect(await mirror(reset(NATIVE, 5), undefined, forgotten)).toMatchObject({
      outcome: 'updated',
    });
    expect(passwordAtWorkos(userOf(NATIVE))).toBe('random');
    expect(userOf(NATIVE)?.metadata.cognito_auth).toBe('password');
  });

  it.each(['RESET_REQUIRED', 'FORCE_CHANGE_PASSWORD'])(
    'is overwritten when an administrator has set the status %s',
    async (status) => {
      const mirror = setting.mirrorWith();
      await mirror(NATIVE, undefined, password());
      await mirror({ ...reset(NATIVE, 5), status });
      expect(passwordAtWorkos(userOf(NATIVE))).toBe('random');
      expect(userOf(NATIVE)?.metadata.cognito_auth).toBe('password');
    },
  );

  it.each([
    ['reset by its user', {}, true],
    ['invalidated by an administrator', { status: 'RESET_REQUIRED' }, false],
  ])(
    'is overwritten when it was %s, though the user’s new address is in conflict',
    async (...given) => {
      const [, change, isReset] = given;
      const mirror = setting.mirrorWith();
      await mirror(NATIVE, undefined, password());
      setting.workos.control.register({ email: 'taken@example.com', password: 'of a stranger' });
      const moved = { ...reset(NATIVE, 5), ...change, email: 'taken@example.com' };
      showInPool(setting.cognito, moved);
      const brought = isReset ? password({ isReset, hash: undefined }) : undefined;
      const outcome = await mirror(moved, undefined, brought);
      expect(outcome).toMatchObject({ outcome: 'conflict', reason: 'email_taken' });
      expect(passwordAtWorkos(userOf(NATIVE))).toBe('random');
      expect(userOf(NATIVE)?.metadata.cognito_auth).toBe('password');
    },
  );

  it('stays with the WorkOS user once the person has signed in there, whatever Cognito says', async () => {
    const mirror = setting.mirrorWith();
    await mirror(NATIVE, undefined, password());
    setting.workos.control.signIn(userOf(NATIVE)?.id ?? '');
    await mirror({ ...reset(NATIVE, 5), status: 'RESET_REQUIRED' });
    const forgotten = password({ isReset: true, hash: undefined });
    await mirror(reset(NATIVE, 6), undefined, forgotten);
    expect(passwordAtWorkos(userOf(NATIVE))).toBe(HASH);
  });

  it('does not stay where the WorkOS user became another profile’s between the read and the write', async () => {
    const mirror = setting.mirrorOld();
    showInPool(setting.cognito, NATIVE);
    await mirror(NATIVE);
    const { control } = setting.workos;
    const id = userOf(NATIVE)?.id ?? '';
    control.onRequest = ({ method }) => {
      if (method !== 'PUT') return undefined;
      control.onRequest = undefined;
      control.updateUser(id, { external_id: 'owner-sub' });
      return undefined;
    };
    await mirror(reset(NATIVE, 5), undefined, password());
    expect(passwordAtWorkos(userOf({ sub: 'owner-sub' }))).toBe('random');
    expect(userOf({ sub: 'owner-sub' })?.metadata.cognito_auth).toBe('password');
  });
});
