import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const CHECKS = fileURLToPath(new URL('./page-checks.js', import.meta.url));

/** What a page did that nobody asked it for. */
export type Misdeeds = { requests: string[]; complaints: string[]; dialogs: string[] };

export type OpenPage = AsyncDisposable & { page: Page; misdeeds: Misdeeds };

/** Writes the page to a file and opens that, as whoever gets it by mail would. */
export async function openPage(
  browser: Browser,
  html: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const directory = mkdtempSync(join(tmpdir(), 'cognito-workos-sync-page-'));
  const file = join(directory, 'readiness.html');
  writeFileSync(file, html);
  const url = pathToFileURL(file).href;
  const context = await browser.newContext(options);
  await context.addInitScript({ path: CHECKS });
  const page = await context.newPage();
  const misdeeds = watch(page, url);
  await page.goto(url);
  return {
    page,
    misdeeds,
    async [Symbol.asyncDispose]() {
      await context.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function watch(page: Page, url: string): Misdeeds {
  const misdeeds: Misdeeds = { requests: [], complaints: [], dialogs: [] };
  page.on('request', (request) => {
    if (request.url() !== url) misdeeds.requests.push(request.url());
  });
  page.on('console', (message) => void misdeeds.complaints.push(message.text()));
  page.on('pageerror', (error) => void misdeeds.complaints.push(error.message));
  page.on('dialog', (dialog) => {
    misdeeds.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  return misdeeds;
}
