import { describe, expect, test } from 'vitest';
import { type AnsweredRequest, createOpenApiValidators } from '../../local/emulators/workos.ts';
import { expectViolations } from '../contracts/expect-violations.ts';
import { fixedClock, PASSWORD, start, USERS } from '../rigs/strict-workos-client.ts';

describe('strict WorkOS: sessions and factors', () => {
  test('a list of sessions has the active ones of that user alone, newest first', async () => {
    const workos = await start();
    const [ann, bob] = [workos.control.seedUser({}), workos.control.seedUser({})];
    const first = workos.control.signIn(ann.id);
    const second = workos.control.openSession(ann.id, 'sso');
    workos.control.openSession(bob.id);
    const { status, body } = await workos.get(`${USERS}/${ann.id}/sessions`);
    expect(status).toBe(200);
    expect(createOpenApiValidators().sessionList(body)).toBe(true);
    expect(body.data).toEqual([second, first]);
  });

  test('a revoked session is no longer listed, and revoking it again is 400', async () => {
    // The description has no answer for it.
    expectViolations(/request \/: required.*session_id/, /answer \/: status: 422/);
    const clock = fixedClock();
    const workos = await start({ clock: clock.read });
    const { id } = workos.control.seedUser({});
    const [gone, kept] = [workos.control.openSession(id), workos.control.openSession(id)];
    const revoked = await workos.revoke(gone.id);
    expect([revoked.status, revoked.headers.get('content-length')]).toEqual([200, '0']);
    expect((await workos.get(`${USERS}/${id}/sessions`)).body.data).toEqual([kept]);
    expect(workos.control.sessionsOf(id)).toMatchObject([
      { id: gone.id, status: 'revoked', ended_at: new Date(clock.now).toISOString() },
      { id: kept.id, status: 'active', ended_at: null },
    ]);
    for (const sessionId of [gone.id, 'session_01X']) {
      const refused = await workos.revoke(sessionId);
      expect(refused.status).toBe(400);
      expect(refused.body).toEqual({ message: expect.stringContaining(sessionId) });
    }
    expect((await workos.revoke(undefined)).status).toBe(422);
  });

  test('sessions are paged, and a page goes on from one that was revoked meanwhile', async () => {
    expectViolations(/request \/: additionalProperties.*email/);
    const workos = await start();
    const { id } = workos.control.seedUser({});
    const ids = Array.from({ length: 5 }, () => workos.control.openSession(id).id);
    const path = `${USERS}/${id}/sessions?limit=2&order=asc`;
    const first = await workos.get(path);
    expect(first.body.data.map((session) => session.id)).toEqual(ids.slice(0, 2));
    await workos.revoke(ids[0]);
    await workos.revoke(ids[1]);
    const second = await workos.get(`${path}&after=${first.body.list_metadata.after}`);
    expect(second.body.data.map((session) => session.id)).toEqual(ids.slice(2, 4));
    expect((await workos.get(`${path}&after=session_01X`)).status).toBe(422);
    expect((await workos.get(`${path}&email=a@example.com`)).status).toBe(422);
  });

  test('a list of factors has those that were added', async () => {
    const workos = await start();
    const { id } = workos.control.seedUser({ email: 'ann@example.com' });
    const path = `${USERS}/${id}/auth_factors`;
    expect((await workos.get(path)).body.data).toEqual([]);
    const app = workos.control.addFactor(id);
    const phone = workos.control.addFactor(id, {
      type: 'sms',
      sms: { phone_number: '+15005550006' },
    });
    expect(app).toMatchObject({ type: 'totp', user_id: id, totp: { user: 'ann@example.com' } });
    const { body } = await workos.get(path);
    expect(createOpenApiValidators().authFactorList(body)).toBe(true);
    expect(body.data).toEqual([phone, app]);
  });

  test('sessions and factors of an unknown user are 404', async () => {
    const workos = await start();
    for (const list of ['sessions', 'auth_factors']) {
      const { status, body } = await workos.get(`${USERS}/user_01X/${list}`);
      expect([status, body.code]).toEqual([404, 'entity_not_found']);
    }
    expect(workos.control.schemaViolations).toEqual([]);
  });
});

describe('strict WorkOS: controls for what users and administrators do', () => {
  test('a user who registers in AuthKit is unverified, with a password and without an external id', async () => {
    const workos = await start();
    const person = { email: 'ann@example.com', password: PASSWORD, first_name: 'Ann' };
    const user = workos.control.register(person);
    expect(user).toMatchObject({
      email_verified: false,
      external_id: null,
      metadata: {},
      last_sign_in_at: null,
    });
    expect((await workos.get(`${USERS}/${user.id}`)).body).toEqual(user);
    expect(JSON.stringify(user)).not.toContain(PASSWORD);
    expect(workos.control.verifyPassword(user.id, PASSWORD)).toBe(true);
    expect(() => workos.control.register({ ...person, email: 'ANN@example.com' })).toThrow(/taken/);

    expect(workos.control.verifyEmail(user.id).email_verified).toBe(true);
    workos.control.setPassword(user.id, 'another horse');
    expect(workos.control.verifyPassword(user.id, 'another horse')).toBe(true);
    expect(workos.control.requests).toHaveLength(1);
  });

  test('a sign-in sets last_sign_in_at and opens a session', async () => {
    const clock = fixedClock();
    const workos = await start({ clock: clock.read });
    const { id } = workos.control.seedUser({});
    const session = workos.control.signIn(id, 'oauth');
    expect(session).toMatchObject({ user_id: id, auth_method: 'oauth', status: 'active' });
    const { body } = await workos.get(`${USERS}/${id}`);
    expect(body.last_sign_in_at).toBe(new Date(clock.now).toISOString());
    workos.control.openSession(id);
    expect(workos.control.sessionsOf(id)).toHaveLength(2);
  });

  test('an edit moves the keys a user is found by, and a new email is unverified', async () => {
    const workos = await start();
    const seed = workos.control.seedUser;
    const { id } = seed({ email: 'old@example.com', email_verified: true, external_id: 'sub-1' });
    seed({ email: 'bob@example.com', external_id: 'sub-2' });
    const changes = { email: 'new@example.com', external_id: 'sub-3', first_name: 'Ann' };
    expect(workos.control.updateUser(id, changes)).toMatchObject({
      ...changes,
      email_verified: false,
    });
    expect((await workos.get(`${USERS}/external_id/sub-3`)).body.id).toBe(id);
    expect((await workos.get(`${USERS}/external_id/sub-1`)).status).toBe(404);
    expect(workos.control.userByEmail('old@example.com')).toBeUndefined();
    const verified = workos.control.updateUser(id, {
      email: 'newer@example.com',
      email_verified: true,
    });
    expect(verified.email_verified).toBe(true);
    for (const taken of [{ email: 'BOB@example.com' }, { external_id: 'sub-2' }]) {
      expect(() => workos.control.updateUser(id, taken)).toThrow(/taken/);
    }
  });

  test('a deleted user is found by nothing, and its email and external id are free', async () => {
    const workos = await start();
    const keys = { email: 'ann@example.com', external_id: 'sub-1' };
    const { id } = workos.control.seedUser(keys);
    workos.control.openSession(id);
    workos.control.deleteUser(id);
    for (const path of [id, 'external_id/sub-1', `${id}/identities`, `${id}/sessions`]) {
      expect((await workos.get(`${USERS}/${path}`)).status).toBe(404);
    }
    expect((await workos.put(id, { first_name: 'Ann' })).status).toBe(404);
    expect((await workos.get(`${USERS}?email=ann@example.com`)).body.data).toEqual([]);
    expect((await workos.get(USERS)).body.data).toEqual([]);
    expect(workos.control.sessionsOf(id)).toMatchObject([{ status: 'revoked' }]);
    expect(() => workos.control.passwordOf(id)).toThrow(id);

    const again = await workos.post(keys);
    expect(again.status).toBe(201);
    expect(again.body.id).not.toBe(id);
  });

  test('a user who is seeded again under a deleted id has nothing of the old one', async () => {
    const workos = await start();
    const { id, email } = workos.control.register({ email: 'ann@example.com', password: PASSWORD });
    workos.control.addFactor(id);
    workos.control.setIdentities(id, [{ idp_id: '1', type: 'OAuth', provider: 'GoogleOAuth' }]);
    workos.control.lockEmail(id);
    workos.control.openSession(id);
    workos.control.deleteUser(id);
    workos.control.seedUser({ id, email });
    expect(workos.control.passwordOf(id)).toBeUndefined();
    expect((await workos.get(`${USERS}/${id}/auth_factors`)).body.data).toEqual([]);
    expect((await workos.get(`${USERS}/${id}/sessions`)).body.data).toEqual([]);
    expect((await workos.get(`${USERS}/${id}/identities`)).body).toEqual([]);
    expect((await workos.put(id, { email: 'b@example.com' })).status).toBe(200);
  });

  test.each(['asc', 'desc', 'normal'])(
    'a listing in order %s goes on from a cursor that was deleted meanwhile',
    async (order) => {
      const workos = await start();
      const ids = Array.from({ length: 6 }, () => workos.control.seedUser({}).id);
      const expected = order === 'asc' ? ids : ids.toReversed();
      const down = order === 'normal' ? 'before' : 'after';
      const path = `${USERS}?limit=2&order=${order}`;
      const first = await workos.get(path);
      expect(first.body.data.map((user) => user.id)).toEqual(expected.slice(0, 2));
      // The cursor and the user after it.
      for (const gone of expected.slice(1, 3)) workos.control.deleteUser(gone);
      const second = await workos.get(`${path}&${down}=${first.body.list_metadata[down]}`);
      expect(second.body.data.map((user) => user.id)).toEqual(expected.slice(3, 5));
    },
  );

  test('every control of a user throws where no user has the id', async () => {
    const { control } = await start();
    for (const act of [
      () => control.verifyEmail('user_01X'),
      () => control.updateUser('user_01X', {}),
      () => control.deleteUser('user_01X'),
      () => control.signIn('user_01X'),
      () => control.openSession('user_01X'),
      () => control.addFactor('user_01X'),
      () => control.setPassword('user_01X', PASSWORD),
      () => control.verifyPassword('user_01X', PASSWORD),
    ]) {
      expect(act).toThrow('user_01X');
    }
  });
});

describe('strict WorkOS: options', () => {
  test('a DELETE deletes where deletes are allowed', async () => {
    const workos = await start({ allowDeletes: true });
    const { id } = workos.control.seedUser({});
    const deleted = await workos.call('DELETE', `${USERS}/${id}`);
    expect([deleted.status, deleted.headers.get('content-length')]).toEqual([200, '0']);
    expect(workos.control.users()).toEqual([]);
    expect((await workos.call('DELETE', `${USERS}/${id}`)).status).toBe(404);
    expect(workos.control.schemaViolations).toEqual([]);
    expect((await fetch(`${workos.url}${USERS}/${id}`, { method: 'DELETE' })).status).toBe(401);
  });

  test('emails outside ASCII differ by case where emails are compared as ASCII', async () => {
    const unicode = await start();
    const ascii = await start({ emailComparison: 'ascii' });
    for (const { control } of [unicode, ascii]) control.seedUser({ email: 'Änn@example.com' });
    expect(unicode.control.userByEmail('änn@EXAMPLE.com')).toBeDefined();
    expect(ascii.control.userByEmail('änn@example.com')).toBeUndefined();
    expect(ascii.control.userByEmail('ÄNN@EXAMPLE.com')).toBeDefined();
  });

  test('onAnswer is told of every answer, once it is sent', async () => {
    const answers: AnsweredRequest[] = [];
    const workos = await start({ onAnswer: (answer) => answers.push(answer) });
    workos.control.faults.push({ kind: 'reset' }, { kind: 'status', status: 503 });
    await expect(workos.get(USERS)).rejects.toThrow(TypeError);
    await workos.get(USERS);
    const created = await workos.post({ email: 'a@example.com' });
    await workos.put(created.body.id ?? '', { first_name: 'Ann' });
    expect(answers).toMatchObject([
      { method: 'GET', path: USERS, status: 503 },
      { method: 'POST', path: USERS, status: 201, body: created.body },
      { method: 'PUT', status: 200, body: { first_name: 'Ann' } },
    ]);
  });
});
