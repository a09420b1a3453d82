import { pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashPassword } from '../../../src/passwords/hash-password.ts';
import { PlainPassword } from '../../../src/passwords/plain-password.ts';
import { start } from '../../rigs/strict-workos-client.ts';

describe('hashPassword', () => {
  it.each(['correct horse battery staple', 'pä🔑 wörd', 'x', '🔑'.repeat(256)])(
    'makes a hash with which WorkOS lets the user in with this password and no other: %j',
    async (password) => {
      const workos = await start();
      const { passwordHash, passwordHashType } = await hashPassword(new PlainPassword(password));
      const hash = { password_hash: passwordHash, password_hash_type: passwordHashType };
      const created = await workos.post({
        email: 'ada@example.com',
        ...hash,
        email_verified: true,
      });
      expect(created.status).toBe(201);
      expect((await workos.signIn('ada@example.com', password)).status).toBe(200);
      expect((await workos.signIn('ada@example.com', `${password} `)).status).toBe(400);
    },
  );

  it("has the form and the bounds of WorkOS's guide, with base64 without padding", async () => {
    const { passwordHash } = await hashPassword(new PlainPassword('correct horse'));
    const [, iterations, salt = '', hash = ''] =
      /^\$pbkdf2\$i=(\d+),d=sha256\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/.exec(passwordHash) ??
      [];
    expect(Number(iterations)).toBeGreaterThanOrEqual(600_000);
    expect(Number(iterations)).toBeLessThanOrEqual(1_000_000);
    const again = pbkdf2Sync(
      'correct horse',
      Buffer.from(salt, 'base64'),
      Number(iterations),
      32,
      'sha256',
    );
    expect(again.toString('base64').replaceAll('=', '')).toBe(hash);
  });

  it('gives two hashes of one password no salt in common', async () => {
    const hashes = await Promise.all([1, 2].map(() => hashPassword(new PlainPassword('horse'))));
    const salts = hashes.map(({ passwordHash }) => passwordHash.split('$')[3]);
    expect(new Set(salts).size).toBe(2);
  });

  it('leaves nothing of the password, and lets other work go on meanwhile', async () => {
    const password = new PlainPassword('correct horse');
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await hashPassword(password);
    clearInterval(timer);
    expect(Buffer.from(password.bytes).toString()).toBe('\0'.repeat(13));
    expect(turns).toBeGreaterThan(0);
  });
});
