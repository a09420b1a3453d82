import { expect, it } from 'vitest';
import type { Ledger, LedgerEntry } from '../../../src/ledger/ledger.ts';
import { createLedgerMemory } from '../../../src/ledger/ledger-memory.ts';
import { createRestore } from '../../../src/mirror/restore.ts';
import type { ObservedUser } from '../../../src/user/observed-user.ts';
import { RetryableError, type WorkosUser } from '../../../src/workos/users.ts';
import { at, observedUser, POOL } from '../../fixtures/factories.ts';

const rules = { trustedProviders: new Map() };
const owner = observedUser();
const overwritten: WorkosUser = {
  id: 'user_1',
  email: 'ada@example.com',
  emailVerified: true,
  firstName: 'Mallory',
  externalId: owner.sub,
  metadata: { cognito_pool: POOL, cognito_auth: 'password', cognito_synced_at: at(0) },
};

/** A ledger that has the owner as mirrored, and a restore that asks `find` for the profile. */
async function setUp(find: () => Promise<ObservedUser | undefined>) {
  const entries = new Map<string, LedgerEntry>();
  const ledger: Ledger = {
    read: async () => entries,
    write: async (entry) => void entries.set(entry.sub, entry),
    touch: async () => {},
    noteGone: async () => true,
    noteBan: async () => {},
    async forget(sub) {
      const { state: _, ...entry } = entries.get(sub) ?? {
        sub,
        observedAt: at(0),
        isSecondary: false,
      };
      entries.set(sub, entry);
      return true;
    },
  };
  const memory = createLedgerMemory({ ledger, rules, clock: () => new Date(at(0)) });
  const outcome = { outcome: 'updated', workosUserId: overwritten.id } as const;
  await memory.note({ user: owner, outcome, isSecondary: false });
  expect(entries.get(owner.sub)).toHaveProperty('state');
  const update = async () => {
    throw new RetryableError('WorkOS did not answer');
  };
  const restore = createRestore({
    workosUsers: { update },
    profiles: { asOf: 'now', find },
    rules,
    memory,
  });
  return { restore, isMirrored: () => entries.get(owner.sub)?.state !== undefined };
}

const unanswered = () => Promise.reject(new RetryableError('Cognito did not answer'));

it.each([
  ['Cognito cannot be asked', unanswered],
  ['WorkOS does not answer', async () => owner],
])(
  'the ledger no longer has an owner as mirrored whose WorkOS user could not be restored because %s',
  async (_, find) => {
    const { restore, isMirrored } = await setUp(find);
    await expect(restore(overwritten, undefined)).rejects.toThrow(RetryableError);
    expect(isMirrored()).toBe(false);
  },
);

it('the ledger no longer has an owner as mirrored who has signed in at WorkOS meanwhile', async () => {
  const { restore, isMirrored } = await setUp(async () => owner);
  await restore({ ...overwritten, lastSignInAt: at(1) }, undefined);
  expect(isMirrored()).toBe(false);
});
