import { argon2Sync, createHash, pbkdf2Sync, scryptSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createOpenApiValidators, WORKOS_LIMITS } from '../../local/emulators/workos.ts';
import { expectViolations } from '../contracts/expect-violations.ts';
import { AUTHENTICATE, fixedClock, PASSWORD, start, USERS } from '../rigs/strict-workos-client.ts';

const SALT = Buffer.from('sixteen byte salt');

/** PASSWORD as a PHC string, in the form of WorkOS's guide "Migrate from other services". */
function pbkdf2Hash(digest: string, iterations: number): string {
  const hash = pbkdf2Sync(PASSWORD, SALT, iterations, 32, digest);
  return `$pbkdf2$i=${iterations},d=${digest}$${unpadded(SALT)}$${unpadded(hash)}`;
}

function scryptHash(n: number): string {
  const hash = scryptSync(PASSWORD, SALT, 64, { N: n, r: 8, p: 1 });
  return `$scrypt$v=1$n=${n},r=8,p=1,kl=64$${unpadded(SALT)}$${unpadded(hash)}`;
}

function argon2Hash(memory: number): string {
  const parameters = { nonce: SALT, parallelism: 1, tagLength: 32, memory, passes: 2 };
  const hash = argon2Sync('argon2id', { message: PASSWORD, ...parameters });
  return `$argon2id$v=19$m=${memory},t=2,p=1$${unpadded(SALT)}$${unpadded(hash)}`;
}

function sshaHash(): string {
  const hash = createHash('sha1').update(PASSWORD).update(SALT).digest();
  return `{SSHA}${Buffer.concat([hash, SALT]).toString('base64')}`;
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

describe('strict WorkOS: passwords', () => {
  test('a plain password of a create or update is stored, and in no answer', async () => {
    const workos = await start();
    const created = await workos.post({ email: 'ann@example.com', password: PASSWORD });
    expect(created.status).toBe(201);
    expect(createOpenApiValidators().user(created.body)).toBe(true);
    const id = created.body.id ?? '';
    expect(workos.control.passwordOf(id)).toEqual({ kind: 'plain', password: PASSWORD });
    expect(workos.control.verifyPassword(id, PASSWORD)).toBe(true);
    expect(workos.control.verifyPassword(id, 'Correct horse')).toBe(false);

    const updated = await workos.put(id, { password: 'another horse' });
    expect(workos.control.verifyPassword(id, 'another horse')).toBe(true);
    await workos.put(id, { first_name: 'Ann' });
    expect(workos.control.verifyPassword(id, 'another horse')).toBe(true);
    const answers = [created, updated, await workos.get(`${USERS}/${id}`), await workos.get(USERS)];
    expect(JSON.stringify(answers)).not.toContain('horse');
  });

  test('a user without a password has none, and a null on create sets none', async () => {
    expectViolations(/^workos PUT .* request/);
    const workos = await start();
    const { id } = workos.control.seedUser({});
    const { body } = await workos.post({ email: 'a@example.com', password: null });
    for (const userId of [id, body.id ?? '']) {
      expect(workos.control.passwordOf(userId)).toBeUndefined();
      expect(workos.control.verifyPassword(userId, '')).toBe(false);
    }
    expect((await workos.put(id, { password: null })).status).toBe(422);
  });

  test.each([
    ['pbkdf2', 'sha256', pbkdf2Hash('sha256', 600_000)],
    ['pbkdf2', 'sha512', pbkdf2Hash('sha512', 210_000)],
    ['scrypt', 'n=1024', scryptHash(1_024)],
    ['argon2', 'argon2id, 19 MiB', argon2Hash(19_456)],
    ['ssha', 'salted SHA-1', sshaHash()],
  ] as const)('a %s hash (%s) verifies its password and no other', async (type, _what, hash) => {
    const workos = await start();
    const { id } = workos.control.seedUser({});
    const changed = await workos.put(id, { password_hash: hash, password_hash_type: type });
    expect(changed.status).toBe(200);
    expect(workos.control.passwordOf(id)).toEqual({ kind: 'hash', hash, type });
    expect(workos.control.verifyPassword(id, PASSWORD)).toBe(true);
    expect(workos.control.verifyPassword(id, 'wrong horse')).toBe(false);
  });

  test.each([
    [
      'scrypt',
      '$scrypt$v=1$n=16384,r=8,p=1,kl=64$Swhqd4iUYTtWfbCYIPeuMw$q7pfdBQMJujd5FX/qX+ozM2O6aNqP+mo1ZnHGH15XM2vlhroQfPA037UpbdfpH4H66OrSPjsUhfkAMuNoBiQvw',
    ],
    [
      'pbkdf2',
      '$pbkdf2$i=600000,d=sha256$T2ptRFh6MXhDQVh2SWZuUGdpQXBUTg$xXiyTisD7390NijyCv5ICMhFW4eDuMlzypRoLGLyIvA',
    ],
  ])('the %s hash that WorkOS’s guide shows is taken', async (type, hash) => {
    const workos = await start();
    const fields = { password_hash: hash, password_hash_type: type };
    expect((await workos.post({ email: 'ann@example.com', ...fields })).status).toBe(201);
  });

  test.each([
    ['bcrypt', '$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'],
    ['firebase-scrypt', '$firebase-scrypt$hash=lSrfV15c'],
  ] as const)('a %s hash is taken, and verifying it says that it cannot', async (type, hash) => {
    const workos = await start();
    const body = { email: 'ann@example.com', password_hash: hash, password_hash_type: type };
    const { status, body: user } = await workos.post({ ...body, email_verified: true });
    expect(status).toBe(201);
    expect(() => workos.control.verifyPassword(user.id ?? '', PASSWORD)).toThrow(
      /cannot be checked/,
    );
    expect((await workos.signIn('ann@example.com', PASSWORD)).status).toBe(501);
  });

  test.each([
    ['pbkdf2', 'text that is not a PHC string', 'abc'],
    ['pbkdf2', 'too few iterations', pbkdf2Hash('sha256', 1_000)],
    ['pbkdf2', 'sha1', pbkdf2Hash('sha1', 600_000)],
    ['pbkdf2', 'a scrypt hash', scryptHash(1_024)],
    ['scrypt', 'base64 with its padding', `${scryptHash(1_024)}==`],
    ['scrypt', 'another length than it says', scryptHash(1_024).replace('kl=64', 'kl=32')],
    ['argon2', 'too little memory', '$argon2id$v=19$m=4095,t=3,p=4$c29tZXNhbHQ$RdescudvJCsg'],
    ['bcrypt', 'a shortened hash', '$2a$10$N9qo8uLOickgx2ZMRZoMye'],
  ])('a %s hash with %s is 400 invalid_password_hash', async (type, _what, hash) => {
    const workos = await start();
    const { id } = workos.control.seedUser({ first_name: 'Ann' });
    const fields = { password_hash: hash, password_hash_type: type };
    const updated = await workos.put(id, { first_name: 'Changed', ...fields });
    expect([updated.status, updated.body.code]).toEqual([400, 'invalid_password_hash']);
    const created = await workos.post({ email: 'a@example.com', ...fields });
    expect([created.status, created.body.code]).toEqual([400, 'invalid_password_hash']);
    expect(workos.control.users()).toMatchObject([{ id, first_name: 'Ann' }]);
    expect(workos.control.passwordOf(id)).toBeUndefined();
  });

  test('a type of hash that the spec does not list is 422', async () => {
    expectViolations(
      /^workos POST .* request \/password_hash_type: enum/,
      /^workos POST .* request/,
    );
    const workos = await start();
    const body = { email: 'a@example.com', password_hash: 'x', password_hash_type: 'md5' };
    expect((await workos.post(body)).status).toBe(422);
    expect(workos.control.schemaViolations).toHaveLength(1);
  });

  test('a password beside a hash or its type is 400 with a code for each', async () => {
    expectViolations(/^workos POST .* request \/: oneOf/, /^workos (POST|PUT) .* request/);
    const workos = await start();
    const { id } = workos.control.seedUser({});
    const hash = { password_hash: pbkdf2Hash('sha256', 600_000), password_hash_type: 'pbkdf2' };
    for (const send of [
      (body: object) => workos.post({ email: 'a@example.com', ...body }),
      (body: object) => workos.put(id, body),
    ]) {
      const both = await send({ password: PASSWORD, ...hash });
      expect([both.status, both.body.code]).toEqual([400, 'password_and_password_hash_provided']);
      const typed = await send({ password: PASSWORD, password_hash_type: 'pbkdf2' });
      expect([typed.status, typed.body.code]).toEqual([
        400,
        'password_and_password_hash_type_provided',
      ]);
    }
    expect(workos.control.users()).toHaveLength(1);
    expect(workos.control.passwordOf(id)).toBeUndefined();
  });

  test('a password of nine characters is 400 password_strength_error', async () => {
    const workos = await start();
    const { id } = workos.control.seedUser({});
    const created = await workos.post({ email: 'a@example.com', password: '123456789' });
    const updated = await workos.put(id, { password: '12345678🔑' });
    for (const { status, body } of [created, updated]) {
      expect([status, body.code]).toEqual([400, 'password_strength_error']);
      expect(body.errors).toEqual([{ code: 'password_too_short', message: expect.any(String) }]);
    }
    expect((await workos.put(id, { password: '1234567890' })).status).toBe(200);
  });
});

describe('strict WorkOS: signing in with a password', () => {
  test('the right password opens a session and sets last_sign_in_at', async () => {
    const clock = fixedClock();
    const workos = await start({ clock: clock.read });
    const { id } = workos.control.register({ email: 'ann@example.com', password: PASSWORD });
    workos.control.verifyEmail(id);
    clock.now += 60_000;
    const { status, body } = await workos.signIn('ANN@example.com', PASSWORD);
    expect(status).toBe(200);
    expect(createOpenApiValidators().authentication(body)).toBe(true);
    expect(body.user).toMatchObject({ id, last_sign_in_at: '2026-01-15T12:01:00.000Z' });
    expect(workos.control.users()).toEqual([body.user]);
    expect(workos.control.sessionsOf(id)).toMatchObject([
      { user_id: id, auth_method: 'password', status: 'active' },
    ]);
    expect(JSON.stringify(body)).not.toContain(PASSWORD);
  });

  test('a hashed password signs in as well', async () => {
    const workos = await start();
    await workos.post({
      email: 'ann@example.com',
      email_verified: true,
      password_hash: pbkdf2Hash('sha256', 600_000),
      password_hash_type: 'pbkdf2',
    });
    expect((await workos.signIn('ann@example.com', PASSWORD)).status).toBe(200);
    expect((await workos.signIn('ann@example.com', 'wrong horse')).status).toBe(400);
  });

  test('a wrong password, no password and an unknown email are the same 400', async () => {
    const workos = await start();
    const { id } = workos.control.register({ email: 'ann@example.com', password: PASSWORD });
    workos.control.seedUser({ email: 'bob@example.com', email_verified: true });
    for (const [email, password] of [
      ['ann@example.com', 'wrong horse'],
      ['bob@example.com', PASSWORD],
      ['none@example.com', PASSWORD],
    ] as const) {
      const { status, body } = await workos.signIn(email, password);
      expect([status, body.code]).toEqual([400, 'invalid_credentials']);
    }
    expect(workos.control.sessionsOf(id)).toEqual([]);
  });

  test('an unverified user with the right password is 403 and opens no session', async () => {
    const workos = await start();
    const { id } = workos.control.register({ email: 'ann@example.com', password: PASSWORD });
    const { status, body } = await workos.signIn('ann@example.com', PASSWORD);
    expect([status, body.code]).toEqual([403, 'email_verification_required']);
    expect(body).toMatchObject({
      email: 'ann@example.com',
      pending_authentication_token: expect.any(String),
      email_verification_id: expect.any(String),
    });
    expect(workos.control.sessionsOf(id)).toEqual([]);
    expect(workos.control.userByEmail('ann@example.com')?.last_sign_in_at).toBeNull();
  });

  test('a secret that is not the key is 400 invalid_client', async () => {
    const workos = await start();
    const wrong = await workos.signIn('a@example.com', PASSWORD, { client_secret: 'sk_other' });
    expect([wrong.status, wrong.body.error]).toEqual([400, 'invalid_client']);
    workos.control.revokeKey();
    const revoked = await workos.signIn('a@example.com', PASSWORD);
    expect([revoked.status, revoked.body.error]).toEqual([400, 'invalid_client']);
  });

  test('a sign-in needs no Authorization header, and switched off it is 403', async () => {
    const workos = await start();
    const { id } = workos.control.register({ email: 'ann@example.com', password: PASSWORD });
    workos.control.verifyEmail(id);
    const response = await fetch(workos.url + AUTHENTICATE, {
      method: 'POST',
      body: JSON.stringify({
        client_id: 'client_1',
        client_secret: workos.apiKey,
        grant_type: 'password',
        email: 'ann@example.com',
        password: PASSWORD,
      }),
    });
    expect(response.status).toBe(200);
    workos.control.resetRules.passwordSignInOff = true;
    const { status, body } = await workos.signIn('ann@example.com', PASSWORD);
    expect([status, body.code]).toEqual([403, 'email_password_auth_disabled']);
  });

  test.each([
    ['another grant', { grant_type: 'refresh_token', refresh_token: 'r' }],
    ['an unknown property', { remember: true }],
    ['no password', { password: undefined }],
  ])('a sign-in with %s is 422 and a violation', async (_name, more) => {
    expectViolations(/^workos POST \/user_management\/authenticate, request/);
    const workos = await start();
    expect((await workos.signIn('ann@example.com', PASSWORD, more)).status).toBe(422);
    expect(workos.control.schemaViolations).toHaveLength(1);
  });

  test('the eleventh sign-in with an email in sixty seconds is 429 under the documented limits', async () => {
    const clock = fixedClock();
    const workos = await start({ clock: clock.read, limits: WORKOS_LIMITS });
    for (let n = 0; n < 10; n += 1) {
      expect((await workos.signIn('ann@example.com', PASSWORD)).status).toBe(400);
    }
    const refused = await workos.signIn('ANN@example.com', PASSWORD);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    expect((await workos.signIn('bob@example.com', PASSWORD)).status).toBe(400);
    clock.now += 60_000;
    expect((await workos.signIn('ann@example.com', PASSWORD)).status).toBe(400);
  });
});
