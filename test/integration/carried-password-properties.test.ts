import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CarriedPassword } from '../../src/mirror/carried-password.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import type { PasswordHash } from '../../src/workos/users.ts';
import {
  type AccountWorld,
  accountChange,
  applyChange,
  createPeopledWorld,
} from '../rigs/account-world.ts';
import { type MirrorOnWorkos, startMirrorOnWorkos } from '../rigs/mirror-on-workos.ts';

let setting: MirrorOnWorkos;
beforeAll(async () => {
  setting = await startMirrorOnWorkos();
});
afterAll(() => setting.close());

/** A hash of the right form, a different one for each sub. */
function hashOf({ sub }: { sub: string }): PasswordHash {
  const salt = Buffer.from(sub).toString('base64url').slice(0, 22);
  const hash = `$pbkdf2$i=210000,d=sha512$${salt.replaceAll(/[-_]/g, '0')}$${'A'.repeat(86)}`;
  return { passwordHash: hash, passwordHashType: 'pbkdf2' };
}

function passwordOf(user: ObservedUser, isReset: boolean, isSealed: boolean): CarriedPassword {
  return {
    isReset,
    observedAt: user.observedAt,
    isSealed,
    hash: async () => (isSealed ? hashOf(user) : undefined),
    isPending: () => false,
    refuse: () => {},
  };
}

it('a carried password opens only the WorkOS user of its own native profile, after any changes on both sides', async () => {
  let carried = 0;
  const step = fc.record({ change: accountChange, isReset: fc.boolean(), isSealed: fc.boolean() });
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 20, maxLength: 40 }),
    async (steps) => {
      const world = createPeopledWorld(setting);
      const messages = [...world.shown.values()];
      const mirrors = [setting.mirrorOld(), setting.mirrorOld()];
      for (const [index, { change, isReset, isSealed }] of steps.entries()) {
        const message = applyChange(world, change, messages);
        const mirror = mirrors[index % 2];
        if (!message || !mirror) continue;
        const outcome = await mirror(message, undefined, passwordOf(message, isReset, isSealed));
        if ('passwordCarried' in outcome) carried++;
        checkPasswords(world);
      }
    },
  );
  await fc.assert(property, { numRuns: 100 });
  expect(carried).toBeGreaterThan(40);
}, 120_000);

/** The hash is its owner's alone, and the tag says so. */
function checkPasswords(world: AccountWorld): void {
  for (const user of world.users()) {
    const password = world.workos.passwordOf(user.id);
    const isTagged = user.metadata.cognito_auth?.split('+').includes('carried') ?? false;
    const isOwn =
      password?.kind === 'hash' &&
      password.hash === hashOf({ sub: user.external_id ?? '' }).passwordHash;
    if (password?.kind === 'hash') {
      expect(isOwn).toBe(true);
      expect(user.external_id).not.toBe(world.subOf('google'));
      expect(user.external_id).not.toBe(world.subOf('squatter'));
    }
    expect(isTagged).toBe(isOwn);
  }
}
