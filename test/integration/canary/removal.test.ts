import {
  AdminCreateUserCommand,
  CreateUserPoolClientCommand,
  ListUserPoolClientsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { checkRemoval } from '../../../src/canary/check-removal.ts';
import { nameToText, SIMULATOR } from '../../../src/canary/mark.ts';
import { sweep } from '../../../src/canary/sweep.ts';
import { type CanaryRig, startCanaryRig } from '../../rigs/canary-rig.ts';

let rig: CanaryRig;
beforeAll(async () => {
  rig = await startCanaryRig({ deadlineMs: 200 });
});
beforeEach(() => {
  Object.assign(rig.world.times, { lookAgainMs: 5 });
});
afterEach(async () => {
  rig.restore();
  await rig.drained();
  await sweep(rig.world, { evenLeased: true });
});
afterAll(() => rig.close());

/** The world as it is after every lease is over. */
const muchLater = () => ({ ...rig.world, clock: () => new Date(Date.now() + 86_400_000) });

it('leaves nothing behind when it is stopped at any of its requests', async () => {
  const points = new Set<string>();
  let counts = new Map<string, number>();
  let last = '';
  /** Each request to Cognito, and after it one of each method to WorkOS; a removal is not stopped: one stands for it. */
  const watch = (at: (point: string) => void) => {
    counts = new Map();
    const visit = (point: string) =>
      at(rig.notices.includes('removing what was made') ? 'removal' : point);
    rig.onCognito = (action) => {
      counts.set(action, (counts.get(action) ?? 0) + 1);
      last = `${action} ${counts.get(action)}`;
      return void visit(last);
    };
    rig.workos.control.onRequest = ({ method }) => void visit(`${last}, ${method}`);
  };
  watch((point) => points.add(point));
  expect((await rig.run()).end).toBe('proved');
  expect([...points]).toEqual(
    expect.arrayContaining(['AdminConfirmSignUp 2', 'RespondToAuthChallenge 2, GET', 'removal']),
  );
  for (const stopAt of points) {
    const controller = new AbortController();
    watch((point) => point === stopAt && controller.abort());
    const report = await rig.run(controller.signal);
    rig.restore();
    expect(controller.signal.aborted, stopAt).toBe(true);
    expect(report, stopAt).toMatchObject({ end: 'stopped', left: [] });
    expect(await rig.leftovers(), stopAt).toEqual([]);
  }
});

it('proves everything although the first answer to each action is lost, and leaves nothing', async () => {
  await rig.run();
  const actions = new Set(rig.actions);
  for (const lost of actions) {
    rig.onCognito = (action, index) =>
      action === lost && index === 0 ? { kind: 'lost' } : undefined;
    const report = await rig.run();
    rig.restore();
    expect({ lost, end: report.end, left: report.left }).toMatchObject({ left: [] });
    // An answer to SRP that is lost cannot be repeated: each challenge is answered once.
    if (lost !== 'RespondToAuthChallenge')
      expect({ lost, end: report.end }).toEqual({ lost, end: 'proved' });
    expect(await rig.leftovers(), lost).toEqual([]);
  }
});

it('proves everything although Cognito throttles the first request of each action', async () => {
  rig.onCognito = (_, index) =>
    index === 0 ? { kind: 'error', type: 'TooManyRequestsException' } : undefined;
  expect(await rig.run()).toMatchObject({ end: 'proved', left: [] });
  expect(await rig.leftovers()).toEqual([]);
});

it('says which permission is missing, makes nothing that it could not remove, and removes the rest', async () => {
  for (const denied of [
    'CreateUserPoolClient',
    'AdminConfirmSignUp',
    'AdminUpdateUserAttributes',
  ]) {
    rig.onCognito = (action) =>
      action === denied ? { kind: 'error', type: 'AccessDeniedException' } : undefined;
    const report = await rig.run();
    rig.restore();
    expect(report.end, denied).toBe('partly');
    expect(JSON.stringify(report.steps)).toContain(`allow cognito-idp:${denied}`);
    expect(await rig.leftovers(), denied).toEqual([]);
  }
  for (const denied of [
    'AdminGetUser',
    'AdminDeleteUser',
    'ListUserPoolClients',
    'DeleteUserPoolClient',
  ]) {
    rig.onCognito = (action) =>
      action === denied ? { kind: 'error', type: 'AccessDeniedException' } : undefined;
    await expect(checkRemoval(rig.world), denied).rejects.toThrow(`allow cognito-idp:${denied}`);
  }
});

it('goes on, and says what is left behind, when the credentials expire in the middle', async () => {
  rig.onCognito = (action) =>
    action === 'AdminUpdateUserAttributes' ||
    (action === 'AdminGetUser' && rig.actions.includes('AdminUpdateUserAttributes'))
      ? { kind: 'error', type: 'ExpiredTokenException' }
      : undefined;
  const report = await rig.run();
  rig.restore();
  expect(report.end).toBe('partly');
  expect(report.steps.find(({ step }) => step === 'sign_in')).toMatchObject({
    result: 'not_proved',
    reason: expect.stringContaining('have expired'),
  });
  expect(report.left).toMatchObject([
    { kind: 'app_client', reason: expect.stringContaining('have expired') },
  ]);
  await sweep(muchLater());
  expect(await rig.leftovers()).toEqual([]);
});

it('removes everything although WorkOS throttles the first deletion of each user', async () => {
  const throttled = new Set<string>();
  rig.workos.control.onRequest = ({ method, path }) => {
    if (method !== 'DELETE' || throttled.has(path)) return undefined;
    throttled.add(path);
    return { kind: 'status', status: 429 };
  };
  expect(await rig.run()).toMatchObject({ end: 'proved', left: [] });
  expect(throttled.size).toBeGreaterThan(1);
  expect(await rig.leftovers()).toEqual([]);
});

it('names what it could not remove, and the next run removes it when the lease is over', async () => {
  rig.onCognito = (action) =>
    action === 'AdminDeleteUser' ? { kind: 'error', type: 'InternalErrorException' } : undefined;
  const { left } = await rig.run();
  rig.restore();
  expect(left.map(({ kind }) => kind)).toEqual(['cognito_user', 'cognito_user', 'app_client']);
  const leased = await sweep(rig.world);
  expect(leased).toMatchObject({ removed: [], atWork: [{}] });
  expect((await rig.leftovers()).length).toBeGreaterThan(0);
  await sweep(muchLater());
  expect(await rig.leftovers()).toEqual([]);
});

it('keeps its app client for the next run while a message may be under way that makes a user again', async () => {
  rig.onObservation = () => ({ kind: 'late', ms: 3_000 });
  const { left } = await rig.run();
  rig.restore();
  expect(left).toMatchObject([{ kind: 'app_client', reason: expect.stringContaining('queued') }]);
  await rig.drained();
  // The users that the late messages made.
  expect((await rig.leftovers()).some((each) => each.startsWith('workos'))).toBe(true);
  await sweep(muchLater());
  expect(await rig.leftovers()).toEqual([]);
});

it('lets two runs at once be, each of which removes its own', async () => {
  const [one, other] = await Promise.all([rig.run(), rig.run(), sweep(rig.world)]);
  expect([one, other]).toMatchObject([
    { end: 'proved', left: [] },
    { end: 'proved', left: [] },
  ]);
  expect(await rig.leftovers()).toEqual([]);
});

it('never deletes what only looks like its own: users, an app client and a WorkOS user of a customer', async () => {
  const { cognito, userPoolId, workos } = rig;
  const lookAlike = 'success+cws-canary-abcdefgh-user-0123456789abcdef@simulator.amazonses.com';
  await cognito.send(
    new AdminCreateUserCommand({
      UserPoolId: userPoolId,
      Username: lookAlike,
      MessageAction: 'SUPPRESS',
      UserAttributes: [{ Name: 'email', Value: lookAlike }],
    }),
  );
  const ClientName = nameToText({ run: 'abcdefgh', leaseEnds: 1_700_000_000, mailbox: SIMULATOR });
  await cognito.send(new CreateUserPoolClientCommand({ UserPoolId: userPoolId, ClientName }));
  const named = new CreateUserPoolClientCommand({
    UserPoolId: userPoolId,
    ClientName: 'cws-canary-of-our-own',
    GenerateSecret: true,
  });
  await cognito.send(named);
  // With a secret and a name of that form, and the flows of an application.
  const alike = {
    UserPoolId: userPoolId,
    GenerateSecret: true,
    ClientName: 'cws-canary-strange1-1700000000',
  };
  await cognito.send(new CreateUserPoolClientCommand(alike));
  workos.control.seedUser({ email: lookAlike, metadata: { cognito_pool: userPoolId } });
  await rig.run();
  await sweep(muchLater(), { evenLeased: true, standing: true });
  expect(await rig.has(lookAlike)).toBe(true);
  expect(workos.control.userByEmail(lookAlike)).toBeDefined();
  const { UserPoolClients = [] } = await cognito.send(
    new ListUserPoolClientsCommand({ UserPoolId: userPoolId, MaxResults: 60 }),
  );
  expect(UserPoolClients.map((each) => each.ClientName)).toEqual(
    expect.arrayContaining([ClientName, alike.ClientName, 'cws-canary-of-our-own']),
  );
  await rig.world.pool.delete(lookAlike);
  const [kept] = workos.control.users().filter(({ email }) => email === lookAlike);
  if (kept) workos.control.deleteUser(kept.id);
});

it('does not delete a WorkOS user that has lost the tags of the sync and of the canary, and names it', async () => {
  rig.onCognito = (action) => {
    const [user] = rig.workos.control.users().filter(({ external_id }) => external_id !== null);
    if (action === 'AdminDeleteUser' && user) {
      rig.workos.control.updateUser(user.id, { metadata: { crm: '1' } });
    }
    return undefined;
  };
  const { left } = await rig.run();
  rig.restore();
  expect(left).toMatchObject([
    { kind: 'workos_user', reason: expect.stringContaining('not its tags') },
    { kind: 'app_client' },
  ]);
  const [kept] = rig.workos.control.users().filter(({ id }) => id === left[0]?.id);
  expect(kept).toBeDefined();
  if (kept) rig.workos.control.deleteUser(kept.id);
});

it('looks again after the removal, and removes a user whom a late message has made meanwhile', async () => {
  const { control } = rig.workos;
  let isMade = false;
  control.onRequest = ({ method }) => {
    const user = control.users().find(({ external_id }) => external_id !== null);
    if (method === 'DELETE' && user && !isMade) {
      isMade = true;
      const { email, metadata } = user;
      setTimeout(() => control.seedUser({ email, metadata }), 2);
    }
    return undefined;
  };
  rig.world.times.lookAgainMs = 50;
  const { left } = await rig.run();
  expect({ left, isMade }).toEqual({ left: [], isMade: true });
  expect(await rig.leftovers()).toEqual([]);
});
