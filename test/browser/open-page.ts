import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const CHECKS = fileURLToPath(new URL('./page-checks.js', import.meta.url));

/** What a page has done beyond showing itself: requests, console messages and exceptions, dialogs. */
export type PageActivity = { requests: string[]; errors: string[]; dialogs: string[] };

export type OpenPage = AsyncDisposable & { page: Page; activity: PageActivity };

/** Writes the page to a file and opens the file, as a user who gets it by mail does. */
export async function openPage(
  browser: Browser,
  html: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const directory = mkdtempSync(join(tmpdir(), 'cognito-workos-sync-page-'));
  const file = join(directory, 'readiness.html');
  writeFileSync(file, html);
  const opened = await openUrl(browser, pathToFileURL(file).href, options);
  return {
    ...opened,
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Opens a page in a context of its own, with the checks of page-checks.js in it. */
export async function openUrl(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext(options);
  await context.addInitScript({ path: CHECKS });
  const page = await context.newPage();
  const activity = watch(page, url);
  await page.goto(url);
  return { page, activity, [Symbol.asyncDispose]: () => context.close() };
}

function watch(page: Page, url: string): PageActivity {
  const activity: PageActivity = { requests: [], errors: [], dialogs: [] };
  page.on('request', (request) => {
    if (request.url() !== url) activity.requests.push(request.url());
  });
  page.on('console', (message) => void activity.errors.push(message.text()));
  page.on('pageerror', (error) => void activity.errors.push(error.message));
  page.on('dialog', (dialog) => {
    activity.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  return activity;
}
