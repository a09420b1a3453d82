import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { poolUser, subOf, throughGoogle } from '../fixtures/pool-users.ts';
import { closeAndCheckRequests } from '../rigs/close-and-check.ts';
import { exportUsers } from '../rigs/exported-users.ts';
import { type SeedSetting, startSeedSetting } from '../rigs/seed-run.ts';

let setting: SeedSetting;
beforeEach(async () => {
  setting = await startSeedSetting();
});
afterEach(() => closeAndCheckRequests(setting));
const workos = () => setting.workos.control;
const cognito = () => setting.cognito.control;
const emailOf = (n: number) => `user-${n}@example.com`;
const fast = ['--rate', '1000', '--json'];

async function seed(args: string[] = []) {
  const { code, stdout, stderr } = await setting.run([...fast, ...args]);
  if (stdout === '') throw new Error(stderr);
  return { code, stderr, ...JSON.parse(stdout) };
}

const exportAnHourAgo = (users: unknown[]) =>
  exportUsers(setting.directory, users, new Date(Date.now() - 3_600_000));

describe('seed of users who have passed addresses on', () => {
  const PAIRS = 30;
  const before = (n: number) => poolUser(n, { email: `passed-${n}@example.com` });
  /** The n-th user with a new address; another person has the old one now. */
  const formerHolder = (n: number) => poolUser(n, { email: `moved-${n}@example.com` });
  const newHolder = (n: number) =>
    poolUser(1000 + n, { email: `passed-${n}@example.com`, given_name: 'New' });

  function expectEachHasTheirOwn(): void {
    for (let n = 0; n < PAIRS; n++) {
      const former = workos().userByEmail(`moved-${n}@example.com`);
      const holder = workos().userByEmail(`passed-${n}@example.com`);
      expect(former?.external_id).toBe(subOf(n));
      expect(holder).toMatchObject({ external_id: subOf(1000 + n), first_name: 'New' });
      expect(former?.metadata).not.toHaveProperty('cognito_linked_subs');
      expect(former?.id).not.toBe(holder?.id);
    }
  }

  beforeEach(async () => {
    for (let n = 0; n < PAIRS; n++) cognito().put(before(n));
    await seed();
    for (let n = 0; n < PAIRS; n++) cognito().remove(subOf(n));
  });

  it.each(['first', 'last'])(
    'gives each user their own WorkOS user when the new holder is listed %s',
    async (place) => {
      for (let n = 0; n < PAIRS; n++) {
        const pair = [newHolder(n), formerHolder(n)];
        for (const user of place === 'first' ? pair : pair.reverse()) cognito().put(user);
      }
      expect(await seed()).toMatchObject({ code: 0, conflicts: 0, failed: 0 });
      expectEachHasTheirOwn();
    },
  );

  it('gives each user their own WorkOS user when it reads exported files', async () => {
    const users = Array.from({ length: PAIRS }, (_, n) => [newHolder(n), formerHolder(n)]).flat();
    const folder = await exportAnHourAgo(users);
    for (const user of workos().users()) {
      workos().updateUser(user.id, {
        metadata: { ...user.metadata, cognito_synced_at: '2026-01-01T00:00:00.000Z' },
      });
    }
    expect(await seed(['--from', folder])).toMatchObject({ code: 0, conflicts: 0, failed: 0 });
    expectEachHasTheirOwn();
  });
});

describe('seed --from, with an export that is older than the last sync', () => {
  it('is stale for a former holder of an address, and changes no WorkOS user', async () => {
    cognito().put(poolUser(0));
    await seed();
    const former = poolUser(7, { email: emailOf(0), given_name: 'Former' });
    const folder = await exportAnHourAgo([former]);
    const users = workos().users();
    expect(await seed(['--from', folder])).toMatchObject({ stale: 1, linked: 0, updated: 0 });
    expect(workos().users()).toEqual(users);
  });
});

describe('seed, with a WorkOS user whose email is not verified', () => {
  beforeEach(() => {
    cognito().put(poolUser(0));
    workos().register({ email: emailOf(0), password: 'chosen by a stranger' });
  });

  it('reports a conflict and changes nothing, also with --dry-run', async () => {
    const users = workos().users();
    expect(await seed(['--dry-run'])).toMatchObject({ conflicts: 1, linked: 0 });
    expect(await seed(['--report', 'report.jsonl'])).toMatchObject({ code: 0, conflicts: 1 });
    expect(workos().users()).toEqual(users);
  });

  it('links the user with --take-over-unverified, replaces its password, and names its second factors', async () => {
    const { id } = workos().userByEmail(emailOf(0)) ?? { id: '' };
    workos().addFactor(id);
    const { linked, stderr } = await seed(['--take-over-unverified']);
    expect(linked).toBe(1);
    expect(stderr).toMatch(new RegExp(`${id}.*second factor.*totp`));
    expect(workos().verifyPassword(id, 'chosen by a stranger')).toBe(false);
    expect(workos().userByEmail(emailOf(0))).toMatchObject({
      external_id: subOf(0),
      email_verified: true,
    });
  });
});

describe('seed, with linked profiles', () => {
  it('removes links and tags of profiles that have another address by now or were deleted', async () => {
    const twin = (n: number) => {
      const { identities, ...partial } = throughGoogle(`g-${n}`);
      return poolUser(n, { email: emailOf(0), identities }, partial);
    };
    for (const user of [poolUser(0), twin(1), twin(2), poolUser(3), twin(4)]) cognito().put(user);
    await seed();
    expect(workos().userByEmail(emailOf(0))?.metadata.cognito_linked_subs).toBe(
      [1, 2, 4].map(subOf).join(','),
    );
    cognito().update(`Google_g-1`, { attributes: { email: 'own@example.com' } });
    cognito().remove('Google_g-2');
    cognito().update(`Google_g-4`, { attributes: { email: emailOf(3) } });
    expect(await seed()).toMatchObject({ conflicts: 0, failed: 0 });
    expect(workos().userByEmail(emailOf(0))?.metadata).not.toHaveProperty('cognito_linked_subs');
    expect(workos().userByEmail(emailOf(0))?.metadata.cognito_auth).toBe('password');
    expect(workos().userByEmail(emailOf(3))?.metadata.cognito_linked_subs).toBe(subOf(4));
    expect(workos().userByEmail('own@example.com')?.external_id).toBe(subOf(1));
  });
});

describe('seed, in an environment that version 0.1 mirrored', () => {
  it.each([true, false])(
    'displaces a squatter without the tag unverified (verified in WorkOS: %s)',
    async (verified) => {
      const pool = setting.cognito.userPoolId;
      cognito().put(poolUser(1, { email: emailOf(0), email_verified: 'false' }));
      cognito().put(poolUser(0));
      workos().seedUser({
        email: emailOf(0),
        email_verified: verified,
        external_id: subOf(1),
        first_name: 'Given1',
        last_name: 'Family1',
        metadata: { cognito_pool: pool, cognito_auth: 'password', cognito_synced_at: '2026-01-01' },
      });
      expect(await seed()).toMatchObject({ linked: 1, failed: 0 });
      expect(workos().userByEmail(emailOf(0))).toMatchObject({
        external_id: subOf(0),
        first_name: 'Given0',
        last_name: 'Family0',
        metadata: { cognito_auth: 'password' },
      });
    },
  );
});
