import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openPage } from './open-page.ts';

const SCHEMES = ['light', 'dark'] as const;
export const NO_ACTIVITY = { requests: [], errors: [], dialogs: [] };

/** The page fits into these widths in pixels, with enough contrast, light, dark and in print. */
export async function expectFits(
  page: Page,
  widths: { screen: number[]; print: number[] },
): Promise<void> {
  for (const media of ['screen', 'print'] as const) {
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ media, colorScheme });
      for (const width of widths[media]) {
        await page.setViewportSize({ width, height: 900 });
        const where = `${media}, ${colorScheme}, ${width}`;
        expect.soft(await page.evaluate('pageChecks.overflow()'), where).toEqual([]);
        expect.soft(await page.evaluate('pageChecks.lowContrast()'), where).toEqual([]);
      }
    }
  }
}

/** Screen readers get a language, a title, captions, and headings in order. */
export async function expectReadable(page: Page, title: RegExp): Promise<void> {
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
  expect(await page.title()).toMatch(title);
  expect(await page.evaluate('pageChecks.nameless()')).toEqual([]);
  expect(await page.evaluate('pageChecks.brokenLinks()')).toEqual([]);
  const levels = (await page.evaluate('pageChecks.headings()')) as number[];
  expect(levels.filter((level) => level === 1)).toEqual([1]);
  for (const [index, level] of levels.entries()) {
    expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
  }
}

/** A page with hostile text runs nothing, loads nothing, and has no element more than without it. */
export async function expectInert(browser: Browser, html: string): Promise<void> {
  await using opened = await openPage(browser, html, { viewport: { width: 360, height: 900 } });
  const { page, activity } = opened;
  await page.mouse.move(180, 450);
  expect(await page.locator('script, img, iframe, base, object, embed, link').count()).toBe(0);
  expect(await page.locator('style, body').count()).toBe(2);
  expect(await page.evaluate('pageChecks.overflow()')).toEqual([]);
  expect(activity).toEqual(NO_ACTIVITY);
}
