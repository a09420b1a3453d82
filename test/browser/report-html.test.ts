import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Readiness } from '../../src/readiness/facts.ts';
import { readinessToHtml } from '../../src/readiness/page.ts';
import { HOSTILE, hostileReadiness } from '../fixtures/hostile-readiness.ts';
import { aMillion, emptyPool, notReady, ready, unknown } from '../fixtures/readiness.ts';
import { launchChromium } from './chromium.ts';
import { listen } from './listen.ts';
import { openPage } from './open-page.ts';

const SCHEMES = ['light', 'dark'] as const;
const WIDTHS = [360, 768, 1400];
const NOTHING = { requests: [], complaints: [], dialogs: [] };
const PAGES: [string, Readiness][] = [
  ['ready', ready()],
  ['not ready', notReady()],
  ['all unknown', unknown()],
  ['an empty pool', emptyPool()],
  ['a million users', aMillion()],
  ['long texts', hostileReadiness('W'.repeat(20_000))],
];

const masked = (readiness: Readiness) => readinessToHtml(readiness, { showEmails: false });
const unmasked = (readiness: Readiness) => readinessToHtml(readiness, { showEmails: true });

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium(process.env);
});
afterAll(() => browser?.close());

describe('the readiness page in a browser', () => {
  it.each(PAGES)('asks for nothing and complains about nothing: %s', async (_case, readiness) => {
    await using opened = await openPage(browser, unmasked(readiness));
    const { page, misdeeds } = opened;
    expect(await page.locator('h1').textContent()).toBe('Cutover readiness');
    expect(misdeeds).toEqual(NOTHING);
  });

  it.each(PAGES)(
    'fits into every width, in both schemes and on paper: %s',
    async (_case, readiness) => {
      await using opened = await openPage(browser, masked(readiness));
      const { page } = opened;
      for (const media of ['screen', 'print'] as const) {
        for (const colorScheme of SCHEMES) {
          await page.emulateMedia({ media, colorScheme });
          for (const width of WIDTHS) {
            await page.setViewportSize({ width, height: 900 });
            const where = `${media}, ${colorScheme}, ${width}`;
            expect.soft(await page.evaluate('pageChecks.overflow()'), where).toEqual([]);
            expect.soft(await page.evaluate('pageChecks.lowContrast()'), where).toEqual([]);
          }
        }
      }
    },
  );

  it('gives every cell room on a narrow screen', async () => {
    await using opened = await openPage(browser, masked(notReady()), {
      viewport: { width: 360, height: 900 },
    });
    expect(await opened.page.evaluate('pageChecks.crowded()')).toEqual([]);
  });

  it('has colours of its own in each scheme, and the light ones on paper', async () => {
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

  it.each(PAGES)('can be heard as well as seen: %s', async (_case, readiness) => {
    await using opened = await openPage(browser, masked(readiness));
    const { page } = opened;
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.title()).toMatch(/^Cutover readiness: ./);
    expect(await page.evaluate('pageChecks.nameless()')).toEqual([]);
    expect(await page.evaluate('pageChecks.brokenLinks()')).toEqual([]);
    const levels = (await page.evaluate('pageChecks.headings()')) as number[];
    expect(levels.filter((level) => level === 1)).toEqual([1]);
    for (const [index, level] of levels.entries()) {
      expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    }
  });

  it('gives its charts names that say the numbers', async () => {
    await using opened = await openPage(browser, masked(notReady()));
    const { page } = opened;
    for (const name of [
      '1,204 Cognito users compared with WorkOS: Agree 1,124, Missing 37, Different 18, In conflict 9, Not mirrored, by rule 16',
      'How 1,188 users sign in, without those not mirrored: Password only 686, Provider only 431, Password and provider 71',
      'Google: 361, 30.4 %',
      'unverified_email: 5, 55.6 %',
      'Authenticator app: 31, 73.8 %',
    ]) {
      expect(await page.getByRole('img', { name, exact: true }).count(), name).toBe(1);
    }
  });

  it('shows the verdict large and first, and leads from each reason to its part', async () => {
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

describe('hostile text in a browser', () => {
  it.each(HOSTILE)('does nothing: %s', async (_case, text) => {
    await using opened = await openPage(browser, unmasked(hostileReadiness(text)), {
      viewport: { width: 360, height: 900 },
    });
    const { page, misdeeds } = opened;
    await page.mouse.move(180, 450);
    expect(await page.locator('script, img, iframe, base, object, embed, link').count()).toBe(0);
    expect(await page.locator('style, body').count()).toBe(2);
    expect(await page.evaluate('pageChecks.overflow()')).toEqual([]);
    expect(misdeeds).toEqual(NOTHING);
  });

  it('is read as it was written', async () => {
    const script = '<script>alert(1)</script>';
    await using opened = await openPage(browser, unmasked(hostileReadiness(script)));
    const { page } = opened;
    expect(await page.getByText(`${script}@example.com`, { exact: true }).count()).toBe(5);
  });

  it('leaves the text around it in its direction', async () => {
    const name = '\u202eshop';
    await using opened = await openPage(browser, unmasked(ready({ userPoolName: name })));
    const { page } = opened;
    expect(await page.locator('header bdi').first().textContent()).toBe('[U+202E]shop');
  });

  it('could do nothing even if it came through', async () => {
    const visits: string[] = [];
    await using server = await listen((path) => void visits.push(path));
    const breach = `<script>alert(1)</script><img src="${server.origin}/x.png" onerror="alert(2)">
<p id="breach" style="color:red"><iframe src="${server.origin}/frame"></iframe>`;
    const html = unmasked(ready()).replace('<main>', `<main>${breach}`);
    await using opened = await openPage(browser, html);
    const { page, misdeeds } = opened;
    const colour = await page.evaluate("pageChecks.styleOf('#breach', 'color')");
    expect(colour).toBe(await page.evaluate("pageChecks.styleOf('main', 'color')"));
    expect(visits).toEqual([]);
    expect(misdeeds.dialogs).toEqual([]);
    expect(misdeeds.complaints.join('\n')).toContain('Content Security Policy');
  });
});

describe('without Chromium', () => {
  it('the tests fail and say what to install', async () => {
    await expect(launchChromium({ CHROMIUM_PATH: '/nowhere/chromium' })).rejects.toThrow(
      /no Chromium at \/nowhere\/chromium\. Install it \(Debian: apt-get install chromium\)/,
    );
  });
});
