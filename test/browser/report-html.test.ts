import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Readiness } from '../../src/readiness/facts.ts';
import { readinessToHtml } from '../../src/readiness/page.ts';
import { HOSTILE, hostileReadiness } from '../fixtures/hostile-readiness.ts';
import { aMillion, emptyPool, keeping, notReady, ready, unknown } from '../fixtures/readiness.ts';
import { startLocalServer } from '../stand-ins/local-server.ts';
import { launchChromium } from './chromium.ts';
import { expectFits, expectInert, expectReadable, NO_ACTIVITY } from './expect-page.ts';
import { openPage } from './open-page.ts';

const WIDTHS = [360, 768, 1400];
const PAGES: [string, Readiness][] = [
  ['a pool that is ready', ready()],
  ['a pool that is not ready', notReady()],
  ['a pool whose passwords were carried over', keeping()],
  ['unknown triggers and queues', unknown()],
  ['an empty pool', emptyPool()],
  ['a million users', aMillion()],
  ['texts of 20,000 characters', hostileReadiness('W'.repeat(20_000))],
];

const masked = (readiness: Readiness) => readinessToHtml(readiness, { showEmails: false });
const unmasked = (readiness: Readiness) => readinessToHtml(readiness, { showEmails: true });

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium(process.env);
});
afterAll(() => browser?.close());

describe('the readiness page in a browser', () => {
  it.each(PAGES)(
    'sends no request, logs no error and opens no dialog: %s',
    async (_case, readiness) => {
      await using opened = await openPage(browser, unmasked(readiness));
      const { page, activity } = opened;
      expect(await page.locator('h1').textContent()).toBe('Cutover readiness');
      expect(activity).toEqual(NO_ACTIVITY);
    },
  );

  it.each(PAGES)(
    'fits into 360, 768 and 1400 pixels with enough contrast, light, dark and in print: %s',
    async (_case, readiness) => {
      await using opened = await openPage(browser, masked(readiness));
      await expectFits(opened.page, { screen: WIDTHS, print: WIDTHS });
    },
  );

  it('leaves no table cell narrower than 100 pixels on a screen 360 pixels wide', async () => {
    await using opened = await openPage(browser, masked(notReady()), {
      viewport: { width: 360, height: 900 },
    });
    expect(await opened.page.evaluate('pageChecks.crowded()')).toEqual([]);
  });

  it('uses other colours in dark mode than in light mode, and the light ones in print', async () => {
    await using opened = await openPage(browser, masked(ready()));
    const { page } = opened;
    const coloursIn = async (media: 'screen' | 'print', colorScheme: 'light' | 'dark') => {
      await page.emulateMedia({ media, colorScheme });
      return page.evaluate('pageChecks.colours()');
    };
    const light = await coloursIn('screen', 'light');
    expect(await coloursIn('screen', 'dark')).not.toEqual(light);
    expect(await coloursIn('print', 'dark')).toEqual(await coloursIn('print', 'light'));
  });

  it.each(PAGES)(
    'gives screen readers a language, titles, captions and headings in order: %s',
    async (_case, readiness) => {
      await using opened = await openPage(browser, masked(readiness));
      await expectReadable(opened.page, /^Cutover readiness: ./);
    },
  );

  it('names each chart with the numbers it shows, for screen readers', async () => {
    await using opened = await openPage(browser, masked(notReady()));
    const { page } = opened;
    for (const name of [
      '1,204 Cognito users compared with WorkOS: Agree 1,124, Missing 37, Different 18, In conflict 9, Not mirrored, by rule 16',
      'How 1,183 people sign in; all profiles of one person are one: Password only 681, Provider only 431, Password and provider 71',
      'Google: 361, 30.5 %',
      'unverified_email: 5, 55.6 %',
      'Authenticator app: 31, 73.8 %',
    ]) {
      expect(await page.getByRole('img', { name, exact: true }).count(), name).toBe(1);
    }
  });

  it('shows the verdict large and at the top, and links a reason to its section', async () => {
    await using opened = await openPage(browser, masked(notReady()), {
      viewport: { width: 1400, height: 900 },
    });
    const { page } = opened;
    const headline = page.getByRole('heading', { name: 'Not ready' });
    const size = await page.evaluate("pageChecks.styleOf('#headline', 'font-size')");
    expect(Number.parseFloat(String(size))).toBeGreaterThanOrEqual(64);
    expect((await headline.boundingBox())?.y).toBeLessThan(200);
    await page.getByRole('link', { name: '9 users in conflict' }).click();
    expect(new URL(page.url()).hash).toBe('#conflicts');
  });
});

describe('the readiness page with hostile text, in a browser', () => {
  it.each(HOSTILE)(
    'runs nothing, loads nothing and adds no element for %s',
    async (_case, text) => {
      await expectInert(browser, unmasked(hostileReadiness(text)));
    },
  );

  it('shows a script in an email as text', async () => {
    const script = '<script>alert(1)</script>';
    await using opened = await openPage(browser, unmasked(hostileReadiness(script)));
    const { page } = opened;
    expect(await page.getByText(`${script}@example.com`, { exact: true }).count()).toBe(5);
  });

  it('shows a bidi override in the pool name as [U+202E]', async () => {
    const name = '\u202eshop';
    await using opened = await openPage(browser, unmasked(ready({ userPoolName: name })));
    const { page } = opened;
    expect(await page.locator('header bdi').first().textContent()).toBe('[U+202E]shop');
  });

  it('blocks scripts, images and styles of injected markup by its Content Security Policy', async () => {
    const visits: string[] = [];
    const attacker = await startLocalServer(({ url = '' }, response) => {
      visits.push(url);
      response.end();
    });
    onTestFinished(() => attacker.close());
    const breach = `<script>alert(1)</script><img src="${attacker.endpoint}/x.png" onerror="alert(2)">
<p id="breach" style="color:red"><iframe src="${attacker.endpoint}/frame"></iframe>`;
    const html = unmasked(ready()).replace('<main>', `<main>${breach}`);
    await using opened = await openPage(browser, html);
    const { page, activity } = opened;
    const colour = await page.evaluate("pageChecks.styleOf('#breach', 'color')");
    expect(colour).toBe(await page.evaluate("pageChecks.styleOf('main', 'color')"));
    expect(visits).toEqual([]);
    expect(activity.dialogs).toEqual([]);
    expect(activity.errors.join('\n')).toContain('Content Security Policy');
  });
});

describe('launchChromium', () => {
  it('fails with what to install when there is no Chromium at CHROMIUM_PATH', async () => {
    await expect(launchChromium({ CHROMIUM_PATH: '/nowhere/chromium' })).rejects.toThrow(
      /no Chromium at \/nowhere\/chromium\. Install it \(Debian: apt-get install chromium\)/,
    );
  });
});
