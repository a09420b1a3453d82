import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Assessment } from '../../src/assess/facts.ts';
import { assessmentToHtml } from '../../src/assess/page.ts';
import {
  assessed,
  assessedInTheDark,
  assessedMillion,
  assessedWithEverything,
} from '../fixtures/assessment.ts';
import { HOSTILE } from '../fixtures/hostile-readiness.ts';
import { launchChromium } from './chromium.ts';
import { openPage } from './open-page.ts';

const WIDTHS = [360, 768, 1400];
/** A4 between the margins of the print style, at 96 pixels an inch. */
const A4 = 688;
const NO_ACTIVITY = { requests: [], errors: [], dialogs: [] };
const PAGES: [string, Assessment][] = [
  ['a pool that is ready to start', assessed()],
  ['a pool with everything, blocked', assessedWithEverything('Okta')],
  ['a pool of which nothing may be asked', assessedInTheDark()],
  ['a million users', assessedMillion()],
  ['texts of 20,000 characters', assessedWithEverything('W'.repeat(20_000))],
];

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium(process.env);
});
afterAll(() => browser?.close());

describe('the page of assess in a browser', () => {
  it.each(PAGES)(
    'fits into 360, 768, 1400 pixels and A4 with enough contrast, light, dark and in print: %s',
    async (_case, assessment) => {
      await using opened = await openPage(browser, assessmentToHtml(assessment));
      const { page, activity } = opened;
      for (const media of ['screen', 'print'] as const) {
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ media, colorScheme });
          for (const width of media === 'print' ? [A4] : WIDTHS) {
            await page.setViewportSize({ width, height: 900 });
            const where = `${media}, ${colorScheme}, ${width}`;
            expect.soft(await page.evaluate('pageChecks.overflow()'), where).toEqual([]);
            expect.soft(await page.evaluate('pageChecks.lowContrast()'), where).toEqual([]);
          }
        }
      }
      expect(activity).toEqual(NO_ACTIVITY);
    },
  );

  it.each(PAGES)(
    'gives screen readers a language, titles, captions and headings in order: %s',
    async (_case, assessment) => {
      await using opened = await openPage(browser, assessmentToHtml(assessment));
      const { page } = opened;
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      expect(await page.title()).toMatch(/^Migration assessment: ./);
      expect(await page.evaluate('pageChecks.nameless()')).toEqual([]);
      expect(await page.evaluate('pageChecks.brokenLinks()')).toEqual([]);
      const levels = (await page.evaluate('pageChecks.headings()')) as number[];
      expect(levels.filter((level) => level === 1)).toEqual([1]);
      for (const [index, level] of levels.entries()) {
        expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
      }
    },
  );

  it('leaves no table cell narrower than 100 pixels on a screen 360 pixels wide', async () => {
    const html = assessmentToHtml(assessedWithEverything('Okta'));
    await using opened = await openPage(browser, html, { viewport: { width: 360, height: 900 } });
    expect(await opened.page.evaluate('pageChecks.crowded()')).toEqual([]);
  });

  it('shows the verdict large and at the top, and links a reason to its section', async () => {
    const html = assessmentToHtml(assessedWithEverything('Okta'));
    await using opened = await openPage(browser, html, { viewport: { width: 1400, height: 900 } });
    const { page } = opened;
    const headline = page.getByRole('heading', { name: 'Blocked' });
    expect((await headline.boundingBox())?.y).toBeLessThan(200);
    await page.getByRole('link', { name: '20 users will be in conflict' }).click();
    expect(new URL(page.url()).hash).toBe('#forecast');
  });

  it.each(HOSTILE)(
    'runs nothing, loads nothing and adds no element for %s',
    async (_case, text) => {
      const html = assessmentToHtml(assessedWithEverything(text));
      await using opened = await openPage(browser, html, { viewport: { width: 360, height: 900 } });
      const { page, activity } = opened;
      await page.mouse.move(180, 450);
      expect(await page.locator('script, img, iframe, base, object, embed, link').count()).toBe(0);
      expect(await page.locator('style, body').count()).toBe(2);
      expect(await page.evaluate('pageChecks.overflow()')).toEqual([]);
      expect(activity).toEqual(NO_ACTIVITY);
    },
  );
});
