import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CryptoKey, compactDecrypt, exportJWK, generateKeyPair } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PasswordPublicKey } from '../../client/seal-password.js';
import { type LocalServer, startLocalServer } from '../stand-ins/local-server.ts';
import { launchChromium } from './chromium.ts';

const CLIENT = readFileSync(
  fileURLToPath(new URL('../../client/seal-password.js', import.meta.url)),
);
const PAGE = `<!doctype html><title>sign in</title><script type="module">
  import { sealPassword } from '/seal-password.js';
  window.seal = (key, input) => sealPassword(key, input).catch((error) => String(error));
</script>`;
const INPUT = { username: 'zoë@example.com', password: 'pä🔑 wörd' };

let browser: Browser;
let server: LocalServer;
let publicKey: PasswordPublicKey;
let privateKey: CryptoKey;
beforeAll(async () => {
  const pair = await generateKeyPair('RSA-OAEP-256', { modulusLength: 3_072, extractable: true });
  privateKey = pair.privateKey;
  const { kty = '', n = '', e = '' } = await exportJWK(pair.publicKey);
  publicKey = { kty, n, e, kid: '11111111-2222-4333-8444-555555555555', alg: 'RSA-OAEP-256' };
  server = await startLocalServer(({ url }, response) => {
    const isScript = url === '/seal-password.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
    // What a strict page sends: no eval, nothing from elsewhere but this one inline script.
    response.setHeader(
      'content-security-policy',
      "default-src 'none'; script-src 'self' 'unsafe-inline'",
    );
    response.end(isScript ? CLIENT : PAGE);
  });
  browser = await launchChromium(process.env);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function open(url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForFunction('window.seal');
  return page;
}

function seal(page: Page, key: object, input: object): Promise<unknown> {
  return page.evaluate(`window.seal(${JSON.stringify(key)}, ${JSON.stringify(input)})`);
}

describe('sealPassword in a browser', () => {
  it('makes what another JOSE implementation opens', async () => {
    const page = await open(server.endpoint.replace('127.0.0.1', 'localhost'));
    const sealed = String(await seal(page, publicKey, INPUT));
    const { plaintext, protectedHeader } = await compactDecrypt(sealed, privateKey);
    expect(protectedHeader).toEqual({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: publicKey.kid });
    const { pad: _, iat, ...rest } = JSON.parse(new TextDecoder().decode(plaintext));
    expect(rest).toEqual(INPUT);
    expect(Math.abs(iat - Date.now() / 1000)).toBeLessThan(60);
  });

  it('refuses a key that is none, and says so without the password', async () => {
    const page = await open(server.endpoint);
    const message = String(await seal(page, { ...publicKey, n: 'ä' }, INPUT));
    expect(message).toBe('TypeError: sealPassword: n and e are no RSA key of 2048 bits or more');
  });

  it('says that it needs HTTPS on a page without it', async () => {
    const page = await browser.newPage();
    // Of any name but localhost the browser expects HTTPS before it gives a page its WebCrypto.
    await page.route('http://shop.example/**', async (route) => {
      const { pathname } = new URL(route.request().url());
      await route.fulfill({ response: await page.request.get(server.endpoint + pathname) });
    });
    await page.goto('http://shop.example/');
    await page.waitForFunction('window.seal');
    const message = String(await seal(page, publicKey, INPUT));
    expect(message).toBe(
      'TypeError: sealPassword: there is no WebCrypto here: serve the page over HTTPS',
    );
  });
});
