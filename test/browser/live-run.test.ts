import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { launchChromium } from './chromium.ts';
import { openUrl } from './open-page.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let running: ChildProcess | undefined;
afterEach(() => {
  if (running?.exitCode === null) running.kill('SIGKILL');
});

describe('npm start with the live page open', () => {
  it('tells the page of the story, and ends at Ctrl-C, which the page says', async () => {
    const browser = await launchChromium(process.env);
    onTestFinished(() => browser.close());
    const run = start();
    const url = await run.printed(/Live page: (http:\/\/127\.0\.0\.1:\d+\/)/);
    await using opened = await openUrl(browser, url);
    const { page } = opened;
    await page.getByText(/Step 1 of \d+/).waitFor();
    await page.locator('#now').getByText('npx cws seed brings its users to WorkOS').waitFor();
    await page.locator('#user-crowd i').nth(50).waitFor();
    expect(await page.locator('fieldset:disabled').count()).toBe(3);

    running?.kill('SIGINT');
    expect(await run.ended).toBe(0);
    await page.locator('#connection').getByText('The run has ended').waitFor();
    await page.getByText('Start it again with npm start.').waitFor();
  });

  it('exits with 2 and one line for a port that is none', async () => {
    const run = start('--page-port', '70000');
    expect(await run.ended).toBe(2);
    expect(run.stderr().trim().split('\n')).toHaveLength(1);
    expect(run.stderr()).toContain('--page-port');
  });
});

function start(...args: string[]) {
  const child = spawn(process.execPath, ['scripts/cws.ts', 'start', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running = child;
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number);
  return {
    ended,
    stderr: () => stderr,
    /** The first group of the pattern, or all of it, once it was printed. */
    async printed(pattern: RegExp): Promise<string> {
      for (;;) {
        const [all, group] = pattern.exec(stderr) ?? [];
        if (all !== undefined) return group ?? all;
        const next = await Promise.race([once(child.stderr, 'data'), ended]);
        if (!Array.isArray(next)) throw new Error(`ended with ${next}: ${stderr}`);
      }
    },
  };
}
