import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { removeStanding } from '../../../src/canary/remove-standing.ts';
import { runStandingCanary } from '../../../src/canary/standing.ts';
import { sweep } from '../../../src/canary/sweep.ts';
import { type CanaryRig, startCanaryRig } from '../../rigs/canary-rig.ts';

let rig: CanaryRig;
beforeAll(async () => {
  rig = await startCanaryRig();
});
afterEach(() => rig.restore());
afterAll(() => rig.close());

let minutes = 0;
/** A run of the schedule, five minutes after the one before. */
const run = () => {
  minutes += 5;
  const clock = () => new Date(Date.now() + minutes * 60_000);
  return runStandingCanary({ ...rig.world, clock }, new AbortController().signal);
};

it('makes one standing user at the first run, renames it at each, sends no mail, and WorkOS shows it', async () => {
  rig.actions.length = 0;
  for (let n = 0; n < 3; n++) {
    expect(await run()).toMatchObject({ result: 'arrived', reason: null });
  }
  expect(rig.actions.filter((action) => action === 'AdminCreateUser')).toHaveLength(1);
  expect(rig.actions.filter((action) => action === 'CreateUserPoolClient')).toHaveLength(1);
  expect(rig.actions).not.toContain('SignUp');
  const [user, ...others] = rig.workos.control.users();
  expect(others).toEqual([]);
  expect(user).toMatchObject({
    email_verified: true,
    first_name: expect.stringContaining('Canary-'),
  });
});

it('fails with the sub when a sign-in does not arrive, and the next one arrives again', async () => {
  rig.onObservation = () => ({ kind: 'lost' });
  expect(await run()).toMatchObject({
    result: 'failed',
    reason: expect.stringMatching(/standing user [\da-f-]{36} signed in.*not in WorkOS within/),
  });
  rig.restore();
  expect(await run()).toMatchObject({ result: 'arrived' });
});

it('arrives by the name of a later run that renames the same user at the same time', async () => {
  const { pool } = rig.world;
  const clock = () => new Date(Date.now() + (minutes + 1) * 60_000);
  const signIn: typeof pool.signIn = async (...args) => {
    expect(await run()).toMatchObject({ result: 'arrived' });
    return pool.signIn(...args);
  };
  const world = { ...rig.world, clock, pool: { ...pool, signIn } };
  const earlier = await runStandingCanary(world, new AbortController().signal);
  expect(earlier).toMatchObject({ result: 'arrived' });
});

it('proves nothing by a name that cannot change: WorkOS shows the user whether the sign-in arrives or not', async () => {
  await run();
  const { facts } = rig.world;
  rig.world.facts = { ...facts, renamed: undefined };
  rig.onObservation = () => ({ kind: 'lost' });
  const ended = await run();
  rig.world.facts = facts;
  expect(ended).toMatchObject({
    result: 'failed',
    reason: expect.stringContaining('neither given_name nor name can change'),
  });
});

it('makes the user again that was deleted, in Cognito and in WorkOS', async () => {
  const [email = ''] = (await rig.usernames()).filter((each) => each.includes('cws-canary'));
  await rig.world.pool.delete(email);
  const [user] = rig.workos.control.users();
  if (user) rig.workos.control.deleteUser(user.id);
  expect(await run()).toMatchObject({ result: 'arrived' });
});

it('is not removed by a run of the command, and is by --clean and with the stack, on both sides', async () => {
  await run();
  await sweep(rig.world, { evenLeased: true });
  expect(await rig.leftovers()).toHaveLength(3);
  await sweep(rig.world, { standing: true });
  expect(await rig.leftovers()).toEqual([]);
  await run();
  expect(await rig.leftovers()).toHaveLength(3);
  expect(await removeStanding(rig.world)).toEqual([]);
  expect(await rig.leftovers()).toEqual([]);
});

it('says which permission the function lacks', async () => {
  for (const denied of ['ListUserPoolClients', 'CreateUserPoolClient', 'AdminCreateUser']) {
    rig.onCognito = (action) =>
      action === denied ? { kind: 'error', type: 'AccessDeniedException' } : undefined;
    expect(await run()).toMatchObject({
      result: 'failed',
      reason: expect.stringContaining(`allow cognito-idp:${denied}`),
    });
  }
  rig.restore();
  await removeStanding(rig.world);
});
