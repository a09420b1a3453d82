import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { showInPool } from '../fixtures/cognito-records.ts';
import { at, observedUser } from '../fixtures/factories.ts';
import { poolUser, subOf } from '../fixtures/pool-users.ts';
import { exportUsers } from '../rigs/exported-users.ts';
import { type MirrorOnWorkos, startMirrorOnWorkos } from '../rigs/mirror-on-workos.ts';
import { startVerifySetting, type VerifySetting } from '../rigs/verify-run.ts';

const ADA = observedUser();
const MALLORY = 'cccccccc-0000-4000-8000-000000000003';

describe('the mirror', () => {
  let setting: MirrorOnWorkos;
  beforeEach(async () => {
    setting = await startMirrorOnWorkos();
  });
  afterEach(() => setting.close());
  const workos = () => setting.workos.control;
  const ada = () => workos().userByEmail('ada@example.com');
  const show = (user: ObservedUser) => showInPool(setting.cognito, user);

  it('gives the verified owner the user of a squatter who has signed in, with exactly the names of the owner', async () => {
    await setting.mirrorWith()(
      observedUser({
        sub: MALLORY,
        emailVerified: false,
        givenName: 'Mallory',
        familyName: 'Evil',
      }),
    );
    workos().signIn(ada()?.id ?? '');
    await setting.mirrorWith()(observedUser({ observedAt: at(60) }));
    expect(ada()).toMatchObject({ external_id: ADA.sub, email_verified: false });
    expect(ada()).toMatchObject({ first_name: 'Ada', last_name: 'Lovelace' });
  });

  it('ends the sessions and reports the factors of a take-over that is retried after its answer was lost', async () => {
    const trap = workos().register({ email: 'ada@example.com', password: 'chosen by Mallory' });
    workos().addFactor(trap.id);
    workos().onRequest = ({ method }) => {
      if (method !== 'PUT') return undefined;
      workos().onRequest = undefined;
      workos().openSession(trap.id);
      return { kind: 'reset', afterApplying: true };
    };
    show(ADA);
    const mirror = setting.mirrorOld({ takeOverUnverified: true });
    await expect(mirror(ADA)).rejects.toThrow();
    const outcome = await mirror(ADA);
    const active = workos()
      .sessionsOf(trap.id)
      .filter(({ status }) => status === 'active');
    expect({ active: active.length, outcome }).toMatchObject({
      active: 0,
      outcome: { leftoverFactors: ['totp'] },
    });
  });

  it('keeps an external id of the customer on a user that carries our tags', async () => {
    await setting.mirrorWith()(observedUser({ sub: MALLORY, emailVerified: false }));
    workos().updateUser(ada()?.id ?? '', { external_id: 'crm-4711' });
    await setting.mirrorWith()(observedUser({ observedAt: at(60) }));
    expect(ada()?.external_id).toBe('crm-4711');
  });
});

describe('verify', () => {
  let setting: VerifySetting;
  beforeEach(async () => {
    setting = await startVerifySetting();
  });
  afterEach(() => setting.close());
  const workos = () => setting.workos.control;
  const cognito = () => setting.cognito.control;
  const emailOf = (n: number) => `user-${n}@example.com`;
  const idOf = (n: number) => workos().userByEmail(emailOf(n))?.id ?? '';

  it('reports not in sync, live and with --from, when a user without a WorkOS user has the address of another user', async () => {
    cognito().put(poolUser(0));
    await setting.seed();
    const squatter = poolUser(1, { email: emailOf(0), email_verified: 'false' });
    const before = new Date(Date.now() - 3_600_000);
    const folder = await exportUsers(setting.directory, [poolUser(0), squatter], before);
    cognito().put(squatter);
    expect(await setting.verify()).toMatchObject({ code: 1, inSync: false });
    expect(await setting.verify(['--from', folder])).toMatchObject({ code: 1, inSync: false });
  });

  it('reports in sync with --fix when --accept names the reason that it has reported (email_locked)', async () => {
    cognito().put(poolUser(0));
    await setting.seed();
    workos().lockEmail(idOf(0));
    cognito().update(subOf(0), { attributes: { email: 'new@example.com' } });
    const first = await setting.verify(['--fix']);
    expect(first).toMatchObject({ code: 1, conflicts: [{ reason: 'email_locked' }] });
    const file = join(setting.directory, 'accept.jsonl');
    await writeFile(
      file,
      JSON.stringify({ sub: subOf(0), reason: 'email_locked', note: 'managed by the directory' }),
    );
    expect(await setting.verify(['--fix', '--accept', file])).toMatchObject({ code: 0 });
  });

  it('removes the link to a sub with a WorkOS user of its own with --fix when the primary was deleted', async () => {
    cognito().put(poolUser(0));
    cognito().put(poolUser(1));
    await setting.seed();
    const metadata = {
      ...workos().userByEmail(emailOf(0))?.metadata,
      cognito_linked_subs: subOf(1),
    };
    workos().updateUser(idOf(0), { metadata });
    cognito().remove(subOf(0));
    const { conflicts } = await setting.verify(['--fix']);
    expect(
      conflicts.filter((each: { reason: string }) => each.reason === 'linked_sub_of_another'),
    ).toEqual([]);
    const user = workos().userByEmail(emailOf(0));
    expect(user?.external_id).toBe(subOf(0));
    expect(user?.metadata).not.toHaveProperty('cognito_linked_subs');
  });

  it('reports not in sync when a user disabled in Cognito has a WorkOS user with the same address and no external id', async () => {
    cognito().put(poolUser(0));
    cognito().put(poolUser(1, {}, { Enabled: false }));
    await setting.seed();
    workos().seedUser({ email: emailOf(1), email_verified: true });
    expect(await setting.verify()).toMatchObject({
      code: 1,
      conflicts: [{ sub: subOf(1), reason: 'disabled_in_cognito', workosUserId: idOf(1) }],
    });
  });
});
