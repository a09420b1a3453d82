import { WorkOS } from '@workos-inc/node';
import { describe, expect, test } from 'vitest';
import { createOpenApiValidators } from '../../local/emulators/workos.ts';
import { expectViolations } from '../contracts/expect-violations.ts';
import { fixedClock, PASSWORD, start, USERS } from '../rigs/strict-workos-client.ts';

describe('strict WorkOS: users', () => {
  test('a created user is found by id, by external id and by email in any case', async () => {
    const workos = await start();
    const created = await workos.post({
      email: 'Ann+1@Example.com',
      email_verified: true,
      first_name: 'Ann',
      external_id: 'sub/1',
      metadata: { cognito_auth: 'password' },
    });
    expect(created.status).toBe(201);
    expect(created.headers.get('x-request-id')).toMatch(/^req_/);
    expect(createOpenApiValidators().user(created.body)).toBe(true);

    const list = await workos.get(`${USERS}?email=${encodeURIComponent('aNN+1@example.COM')}`);
    expect(createOpenApiValidators().userList(list.body)).toBe(true);
    expect(list.body.data).toEqual([created.body]);
    expect((await workos.get(`${USERS}/${created.body.id}`)).body).toEqual(created.body);
    expect((await workos.get(`${USERS}/external_id/sub%2F1`)).body).toEqual(created.body);
    expect(workos.control.userByEmail('ANN+1@example.com')).toEqual(created.body);
    expect(workos.control.schemaViolations).toEqual([]);
  });

  test('an unknown user is 404 entity_not_found, and no violation', async () => {
    const workos = await start();
    for (const path of ['user_01X', 'external_id/none', 'user_01X/identities']) {
      const { status, body } = await workos.get(`${USERS}/${path}`);
      expect(status).toBe(404);
      expect(body).toMatchObject({ code: 'entity_not_found', message: expect.any(String) });
    }
    expect((await workos.put('user_01X', {})).body.entity_id).toBe('user_01X');
    expect(workos.control.schemaViolations).toEqual([]);
  });

  test('creating with a taken email or external id names each in errors', async () => {
    const workos = await start();
    workos.control.seedUser({ email: 'ann@example.com', external_id: 'sub-1' });
    const codes = async (body: unknown) => {
      const { status, body: answer } = await workos.post(body);
      expect(status).toBe(400);
      expect(answer.code).toBe('user_creation_error');
      return answer.errors.map((error) => error.code);
    };
    expect(await codes({ email: 'ANN@example.com' })).toEqual(['email_not_available']);
    expect(await codes({ email: 'b@example.com', external_id: 'sub-1' })).toEqual([
      'external_id_already_used',
    ]);
    expect(await codes({ email: 'nonsense' })).toEqual(['invalid_email']);
    expect(workos.control.users()).toHaveLength(1);
    expect((await workos.post({ email: 'ann@example.com' })).body.message).toContain(
      'ann@example.com',
    );
  });

  test('in the emulators’ style a taken email is 409 user_already_exists', async () => {
    const workos = await start({ emulatorStyleConflicts: true });
    workos.control.seedUser({ email: 'ann@example.com' });
    const { status, body } = await workos.post({ email: 'Ann@example.com' });
    expect([status, body.code]).toEqual([409, 'user_already_exists']);
  });

  test('an update that breaks a rule names it and changes nothing', async () => {
    const workos = await start();
    const seed = workos.control.seedUser;
    seed({ email: 'ann@example.com', external_id: 'sub-1' });
    const bob = seed({ email: 'bob@example.com', email_verified: true });
    const locked = seed({ email: 'locked@example.com' });
    workos.control.lockEmail(locked.id);
    const before = workos.control.users();

    const codeOf = async (id: string, body: unknown) => {
      const answer = await workos.put(id, { first_name: 'Changed', ...Object(body) });
      expect(answer.status).toBe(400);
      return answer.body.code;
    };
    expect(await codeOf(bob.id, { email: 'ANN@example.com' })).toBe('email_not_available');
    expect(await codeOf(bob.id, { external_id: 'sub-1' })).toBe('external_id_already_used');
    expect(await codeOf(bob.id, { email_verified: false })).toBe('email_already_verified');
    expect(await codeOf(bob.id, { email: 'bob@' })).toBe('invalid_email');
    expect(await codeOf(bob.id, { metadata: { a: 'ü' } })).toBe('invalid_metadata');
    expect(await codeOf(locked.id, { email: 'b@example.com' })).toBe('email_change_not_allowed');
    expect(workos.control.users()).toEqual(before);
  });

  test('a moved email frees the old one and is unverified unless the update verifies it', async () => {
    const workos = await start();
    const { id } = workos.control.seedUser({ email: 'old@example.com', email_verified: true });
    expect((await workos.put(id, { email: 'new@example.com' })).body.email_verified).toBe(false);
    const verified = await workos.put(id, { email: 'newer@example.com', email_verified: true });
    expect(verified.body).toMatchObject({ email: 'newer@example.com', email_verified: true });
    expect((await workos.post({ email: 'old@example.com' })).status).toBe(201);
    expect((await workos.put(id, { email: 'Newer@example.com' })).body.email_verified).toBe(true);
  });

  test('a cleared external id can be used again', async () => {
    const workos = await start();
    const { id } = workos.control.seedUser({ external_id: 'sub-1' });
    expect((await workos.put(id, { external_id: null })).body.external_id).toBeNull();
    expect((await workos.post({ email: 'b@example.com', external_id: 'sub-1' })).status).toBe(201);
  });

  test('emails are kept as sent, or in lower case on request', async () => {
    const body = { email: 'Ann@Example.com' };
    expect((await (await start()).post(body)).body.email).toBe('Ann@Example.com');
    const lowercasing = await start({ lowercaseEmails: true });
    expect((await lowercasing.post(body)).body.email).toBe('ann@example.com');
  });
});

describe('strict WorkOS: metadata', () => {
  test('updates merge metadata key by key, null deletes a key and {} deletes all', async () => {
    const workos = await start();
    const { id } = workos.control.seedUser({ metadata: { theirs: '1', ours: '2' } });
    const change = async (metadata: unknown) => (await workos.put(id, { metadata })).body.metadata;
    expect(await change({ ours: '3', more: '4' })).toEqual({ theirs: '1', ours: '3', more: '4' });
    expect(await change({ more: null })).toEqual({ theirs: '1', ours: '3' });
    expect((await workos.put(id, { first_name: 'A' })).body.metadata).toEqual({
      theirs: '1',
      ours: '3',
    });
    expect(await change({})).toEqual({});
    expect(workos.control.schemaViolations).toEqual([]);
  });

  test('metadata holds ten keys after merging, with keys of 40 and values of 600 characters', async () => {
    expectViolations(
      /request \/metadata\/key1: maxLength/,
      /request \/metadata: (maxLength|propertyNames)/,
    );
    const workos = await start();
    const nine = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`key${n}`, 'v']));
    const { id } = workos.control.seedUser({ metadata: nine });
    const codeOf = async (metadata: unknown) => (await workos.put(id, { metadata })).body.code;
    expect(await codeOf({ a: '1', b: '2' })).toBe('invalid_metadata');
    expect(await codeOf({ a: '1', b: '2', key0: null })).toBeUndefined();
    expect(await codeOf({ key1: 'x'.repeat(601) })).toBe('invalid_metadata');
    expect(await codeOf({ key1: 'x'.repeat(600) })).toBeUndefined();
    expect(await codeOf({ key1: null, ['k'.repeat(41)]: 'v' })).toBe('invalid_metadata');
    expect(await codeOf({ key1: null, ['k'.repeat(40)]: 'v' })).toBeUndefined();
    const created = await workos.post({ email: 'b@example.com', metadata: { name: 'Zoë' } });
    expect([created.status, created.body.code]).toEqual([400, 'invalid_metadata']);
  });
});

describe('strict WorkOS: requests outside the documentation', () => {
  test.each([
    ['an unknown property', { name: 'Ann' }, /request \/: unevaluatedProperties.*"name"/],
    ['a missing email', { email: undefined }, /request \/: required/],
    ['a verified flag as text', { email_verified: 'true' }, /request \/email_verified: type/],
    ['a metadata value that is null', { metadata: { a: null } }, /request \/metadata\/a: type/],
    ['a metadata value that is a number', { metadata: { a: 1 } }, /request \/metadata\/a: type/],
    [
      'a password and a hash without its type',
      { password: 'p', password_hash: 'h' },
      /request \/: oneOf/,
    ],
    // The guide's limit: the description has 128.
    ['an external id of 65 characters', { external_id: 'x'.repeat(65) }, undefined],
  ])('a create with %s is 422, recorded, and has no effect', async (_name, fields, breach) => {
    if (breach) expectViolations(breach, /^workos POST \/user_management\/users, request/);
    const workos = await start();
    const body = { email: 'a@example.com', ...fields };
    const answer = await workos.post(body);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      code: 'invalid_request_parameters',
      errors: expect.arrayContaining([{ code: expect.any(String), message: expect.any(String) }]),
    });
    const [violation] = workos.control.schemaViolations;
    expect(violation).toMatchObject({ method: 'POST', path: USERS });
    expect(violation?.body).toEqual(body);
    expect(workos.control.users()).toEqual([]);
  });

  test('a create with no object at all is 422, and recorded', async () => {
    expectViolations(/request \/: type/, /^workos POST \/user_management\/users, request/);
    const workos = await start();
    expect((await workos.post('text')).status).toBe(422);
    expect(workos.control.schemaViolations).toMatchObject([{ path: USERS, body: 'text' }]);
  });

  test('an update cannot blank a name with null', async () => {
    expectViolations(/request \/first_name: type/);
    const workos = await start();
    const { id } = workos.control.seedUser({ first_name: 'Ann' });
    expect((await workos.put(id, { first_name: null })).status).toBe(422);
  });

  test('external ids may have 128 characters on request', async () => {
    expectViolations(/request \/external_id: maxLength/);
    const workos = await start({ externalIdMaxLength: 128 });
    const create = (length: number) =>
      workos.post({ email: `a${length}@example.com`, external_id: 'x'.repeat(length) });
    expect((await create(128)).status).toBe(201);
    expect((await create(129)).status).toBe(422);
    expect((await workos.get(`${USERS}/external_id/${'x'.repeat(128)}`)).status).toBe(200);
  });

  test.each([
    ['limit=0', /request \/limit: minimum/],
    ['limit=101', /request \/limit: maximum/],
    ['limit=ten', /request \/limit: type/],
    ['order=newest', /request \/order: enum/],
    ['page=2', /request \/: additionalProperties/],
    ['after=user_01X', undefined],
  ])('a list with %s is 422', async (query, breach) => {
    if (breach) expectViolations(breach);
    const workos = await start();
    expect((await workos.get(`${USERS}?${query}`)).status).toBe(422);
    expect(workos.control.schemaViolations).toHaveLength(1);
  });

  test('an undocumented endpoint is a violation', async () => {
    expectViolations(/WorkOS has no PATCH/);
    const workos = await start();
    expect((await workos.call('PATCH', `${USERS}/user_01X`, {})).status).toBe(404);
    expect(workos.control.schemaViolations).toHaveLength(1);
  });

  test('a DELETE deletes nothing and is recorded', async () => {
    const workos = await start();
    const { id } = workos.control.seedUser({});
    expect((await workos.call('DELETE', `${USERS}/${id}`)).status).toBe(405);
    expect(workos.control.users()).toHaveLength(1);
    expect(workos.control.requests).toMatchObject([{ method: 'DELETE', status: 405 }]);
  });
});

describe('strict WorkOS: lists', () => {
  test.each([
    ['', 'desc'],
    ['&order=desc', 'desc'],
    ['&order=asc', 'asc'],
    ['&order=normal', 'normal'],
  ])('pages cover every user once and lead back (%s)', async (order, kind) => {
    const workos = await start();
    const ids = Array.from({ length: 7 }, () => workos.control.seedUser({}).id);
    const expected = kind === 'asc' ? ids : ids.toReversed();
    // "normal" fetches older records, which come further down its list, with `before`.
    const [down, up] =
      kind === 'normal' ? (['before', 'after'] as const) : (['after', 'before'] as const);

    const pages: string[][] = [];
    let answer = await workos.get(`${USERS}?limit=3${order}`);
    expect(answer.body.list_metadata[up]).toBeNull();
    for (;;) {
      pages.push(answer.body.data.map((user) => user.id));
      const cursor = answer.body.list_metadata[down];
      if (cursor === null) break;
      answer = await workos.get(`${USERS}?limit=3${order}&${down}=${cursor}`);
    }
    expect(pages).toEqual([expected.slice(0, 3), expected.slice(3, 6), expected.slice(6)]);

    const back = await workos.get(
      `${USERS}?limit=3${order}&${up}=${answer.body.list_metadata[up]}`,
    );
    expect(back.body.data.map((user) => user.id)).toEqual(expected.slice(3, 6));
  });

  test('a page holds ten users unless told otherwise, and a hundred at most', async () => {
    const workos = await start();
    for (let n = 0; n < 101; n += 1) workos.control.seedUser({});
    expect((await workos.get(USERS)).body.data).toHaveLength(10);
    const full = await workos.get(`${USERS}?limit=100`);
    expect(full.body.data).toHaveLength(100);
    expect(createOpenApiValidators().userList(full.body)).toBe(true);
  });

  test('a list of identities has those that were set', async () => {
    const workos = await start();
    const { id } = workos.control.seedUser({});
    expect((await workos.get(`${USERS}/${id}/identities`)).body).toEqual([]);
    const identities = [{ idp_id: '1', type: 'OAuth' as const, provider: 'GoogleOAuth' }];
    workos.control.setIdentities(id, identities);
    expect((await workos.get(`${USERS}/${id}/identities`)).body).toEqual(identities);
  });
});

describe('strict WorkOS: password resets, keys and limits', () => {
  test('a password reset records the mail', async () => {
    const clock = fixedClock();
    const workos = await start({ clock: clock.read });
    const { id } = workos.control.seedUser({ email: 'ann@example.com' });
    const path = '/user_management/password_reset';
    const { status, body } = await workos.post({ email: 'ANN@example.com' }, path);
    expect(status).toBe(201);
    expect(body).toMatchObject({ object: 'password_reset', user_id: id, email: 'ann@example.com' });
    expect(workos.control.resets).toEqual([
      { email: 'ann@example.com', userId: id, at: clock.now },
    ]);
    expect((await workos.post({ email: 'none@example.com' }, path)).status).toBe(404);
    expect(workos.control.resets).toHaveLength(1);
  });

  test('a wrong or revoked key is 401 until the right one is set', async () => {
    const workos = await start();
    expect((await fetch(workos.url + USERS)).status).toBe(401);
    workos.control.revokeKey();
    const refused = await workos.get(USERS);
    expect([refused.status, refused.body]).toEqual([401, { message: 'Unauthorized' }]);
    expect(refused.headers.get('x-request-id')).toMatch(/^req_/);
    workos.control.setKey(workos.apiKey);
    expect((await workos.get(USERS)).status).toBe(200);
    expect(JSON.stringify(workos.control.requests)).not.toContain(workos.apiKey);
  });

  test('a request over the limit of ten seconds is 429 with the seconds to wait', async () => {
    const clock = fixedClock();
    const workos = await start({
      clock: clock.read,
      limits: { readsPer10s: 2, writesPer10s: 1, resetsPer60sPerEmail: 1 },
    });
    expect((await workos.get(USERS)).status).toBe(200);
    clock.now += 2_500;
    expect((await workos.get(USERS)).status).toBe(200);
    const refused = await workos.get(USERS);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '8']);
    expect(refused.body).toMatchObject({ message: 'Too Many Requests', code: 'rate_limit' });
    expect((await workos.post({ email: 'a@example.com' })).status).toBe(201);
    expect((await workos.post({ email: 'b@example.com' })).status).toBe(429);

    clock.now += 7_500;
    expect((await workos.get(USERS)).status).toBe(200);
    expect((await workos.get(USERS)).status).toBe(429);

    clock.now += 10_000;
    const reset = () => workos.post({ email: 'A@example.com' }, '/user_management/password_reset');
    expect((await reset()).status).toBe(201);
    clock.now += 30_000;
    expect((await reset()).headers.get('retry-after')).toBe('30');
  });

  test('a scaled window still asks for one whole second at least', async () => {
    const clock = fixedClock();
    const workos = await start({ clock: clock.read, limits: { readsPer10s: 1, windowMs: 50 } });
    await workos.get(USERS);
    expect((await workos.get(USERS)).headers.get('retry-after')).toBe('1');
    clock.now += 50;
    expect((await workos.get(USERS)).status).toBe(200);
  });
});

describe('strict WorkOS: faults', () => {
  test('faults are played in order, each for one request', async () => {
    const workos = await start();
    const headers = { 'retry-after': '7' };
    workos.control.faults.push(
      { kind: 'status', status: 503, headers },
      { kind: 'garbage' },
      { kind: 'html', status: 502 },
      { kind: 'reset' },
    );
    const unavailable = await workos.get(USERS);
    expect([unavailable.status, unavailable.headers.get('retry-after')]).toEqual([503, '7']);
    await expect(workos.get(USERS)).rejects.toThrow(SyntaxError);
    const html = await fetch(workos.url + USERS);
    expect([html.status, html.headers.get('content-type')]).toEqual([502, 'text/html']);
    expect(await html.text()).toContain('<html>');
    await expect(workos.get(USERS)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect((await workos.get(USERS)).status).toBe(200);
    expect(workos.control.requests.map(({ status }) => status)).toEqual([503, 200, 502, 0, 200]);
  });

  test('a fault keeps a write from happening, unless only its answer is lost', async () => {
    const workos = await start();
    workos.control.faults.push(
      { kind: 'status', status: 500 },
      { kind: 'status', status: 500, afterApplying: true },
      { kind: 'reset', afterApplying: true },
    );
    await workos.post({ email: 'a@example.com' });
    expect(workos.control.users()).toHaveLength(0);
    expect((await workos.post({ email: 'a@example.com' })).status).toBe(500);
    expect(workos.control.users()).toHaveLength(1);
    await expect(workos.post({ email: 'b@example.com' })).rejects.toThrow(TypeError);
    expect(workos.control.users()).toHaveLength(2);
  });

  test('onRequest chooses a fault by method, path, body and index', async () => {
    const workos = await start();
    const seen: unknown[] = [];
    workos.control.onRequest = (request) => {
      seen.push(request);
      return request.method === 'POST' ? { kind: 'status', status: 500 } : undefined;
    };
    expect((await workos.get(`${USERS}?limit=1`)).status).toBe(200);
    expect((await workos.post({ email: 'a@example.com' })).status).toBe(500);
    expect(seen).toEqual([
      { method: 'GET', path: `${USERS}?limit=1`, body: undefined, index: 0 },
      { method: 'POST', path: USERS, body: { email: 'a@example.com' }, index: 1 },
    ]);
    expect(workos.control.countRequests()).toEqual({ reads: 1, writes: 1 });
    workos.control.clear();
    expect(workos.control.countRequests()).toEqual({ reads: 0, writes: 0 });
    expect((await workos.post({ email: 'a@example.com' })).status).toBe(201);
  });

  test('a hanging request is never answered, and closing ends it', async () => {
    const workos = await start();
    workos.control.faults.push({ kind: 'hang', afterApplying: true }, { kind: 'hang' });
    const hanging = Promise.allSettled([
      workos.post({ email: 'a@example.com' }),
      workos.post({ email: 'b@example.com' }),
    ]);
    await expect.poll(() => workos.control.requests.length).toBe(2);
    expect(workos.control.users()).toHaveLength(1);
    await workos.close();
    expect((await hanging).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  test('a slow write takes effect after the client has closed the connection', async () => {
    const workos = await start({ latencyMs: ({ method }) => (method === 'POST' ? 60 : 0) });
    const gone = workos.call('POST', USERS, { email: 'a@example.com' }, AbortSignal.timeout(30));
    await expect(gone).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }));
    expect(workos.control.users()).toHaveLength(0);
    await expect.poll(() => workos.control.users().length).toBe(1);
  });
});

test('strict WorkOS answers the SDK of WorkOS without a schema violation', async () => {
  const server = await start();
  const sdk = new WorkOS(server.apiKey, {
    apiHostname: server.hostname,
    port: server.port,
    https: false,
  });
  const users = sdk.userManagement;
  const { id } = await users.createUser({
    email: 'ann@example.com',
    externalId: 'sub-1',
    metadata: { a: '1', b: '2' },
  });
  await users.updateUser({ userId: id, firstName: 'Ann', metadata: { a: null } });
  const listed = await users.listUsers({ limit: 100, email: 'ANN@example.com', order: 'asc' });
  expect(listed.data).toMatchObject([{ id, firstName: 'Ann', metadata: { b: '2' } }]);
  expect((await users.getUserByExternalId('sub-1')).id).toBe(id);
  expect(await users.getUserIdentities(id)).toEqual([]);
  expect((await users.createPasswordReset({ email: 'ann@example.com' })).userId).toBe(id);
  await expect(users.deleteUser(id)).rejects.toMatchObject({ status: 405 });

  await users.updateUser({ userId: id, emailVerified: true, password: PASSWORD });
  const session = { clientId: 'client_1', email: 'ann@example.com', password: PASSWORD };
  expect((await users.authenticateWithPassword(session)).user.lastSignInAt).not.toBeNull();
  const [opened] = (await users.listSessions(id)).data;
  await users.revokeSession({ sessionId: opened?.id ?? '' });
  expect((await users.listSessions(id)).data).toEqual([]);
  server.control.addFactor(id);
  expect((await sdk.multiFactorAuth.listUserAuthFactors({ userId: id })).data).toMatchObject([
    { type: 'totp' },
  ]);
  expect(server.control.schemaViolations).toEqual([]);
});
