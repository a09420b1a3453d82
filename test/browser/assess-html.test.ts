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
import { expectFits, expectInert, expectReadable, NO_ACTIVITY } from './expect-page.ts';
import { openPage } from './open-page.ts';

const WIDTHS = [360, 768, 1400];
/** A4 between the margins of the print style, at 96 pixels an inch. */
const A4 = 688;
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
      await expectFits(opened.page, { screen: WIDTHS, print: [A4] });
      expect(opened.activity).toEqual(NO_ACTIVITY);
    },
  );

  it.each(PAGES)(
    'gives screen readers a language, titles, captions and headings in order: %s',
    async (_case, assessment) => {
      await using opened = await openPage(browser, assessmentToHtml(assessment));
      await expectReadable(opened.page, /^Migration assessment: ./);
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
      await expectInert(browser, assessmentToHtml(assessedWithEverything(text)));
    },
  );
});
