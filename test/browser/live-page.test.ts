import { request } from 'node:http';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { EventStream } from '../../local/events/event-stream.ts';
import { createEventStream } from '../../local/events/event-stream.ts';
import { createSystemObserver } from '../../local/events/observe-system.ts';
import { type LivePage, startLivePage } from '../../local/live-page/live-page.ts';
import { createVisitors } from '../../local/live-page/visitors.ts';
import type { LocalSystem } from '../../local/local-system.ts';
import { startSystem } from '../../local/system.ts';
import { launchChromium } from './chromium.ts';
import { type OpenPage, openUrl } from './open-page.ts';

const TITLES = ['Ada signs up', 'Ada signs in', 'Grace comes through Google'];

let browser: Browser;
let system: LocalSystem;
let live: LivePage;
beforeAll(async () => {
  browser = await launchChromium(process.env);
  const stream = createEventStream();
  live = await startLivePage(stream);
  system = await startSystem(createSystemObserver(stream));
  live.admit(createVisitors(system));
  tellStory(stream);
});
afterAll(async () => {
  await live?.close();
  await system?.close();
  await browser?.close();
});

function tellStory({ emit }: EventStream): void {
  for (const title of TITLES) {
    emit({ kind: 'step', title, steps: TITLES.length });
    emit({ kind: 'note', who: 'Cognito', text: `as told of: ${title}` });
  }
  emit({ kind: 'phase', phase: 'open', text: 'In sync' });
}

async function open(options = {}): Promise<OpenPage> {
  const opened = await openUrl(browser, live.url, options);
  await opened.page.getByText('Live', { exact: true }).waitFor();
  return opened;
}

async function signUp(page: Page, email: string, name: string, through = 'with a password') {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel(through).check();
  await page.getByRole('button', { name: 'Sign up' }).click();
}

/** The card of a user in one of the columns. */
function cardIn(page: Page, column: 'cognito' | 'queue' | 'workos', text: string) {
  return page.locator(`#${column} .cards > li`).filter({ hasText: text }).first();
}

describe('the live page', () => {
  it('shows a user who signs up on it in all three columns', async () => {
    await using opened = await open();
    const { page, activity } = opened;
    await signUp(page, 'margaret@example.com', 'Margaret Hamilton');
    await cardIn(page, 'workos', 'margaret@example.com').getByText('external id').waitFor();
    await cardIn(page, 'cognito', 'margaret@example.com').getByText('in WorkOS').waitFor();
    await cardIn(page, 'queue', 'PostConfirmation').getByText('created').waitFor();
    const own = activity.requests.filter((url) => url.startsWith(live.url));
    expect(own.length).toBeGreaterThan(0);
    expect(activity.requests).toEqual(own);
    expect(activity.errors).toEqual([]);
  });

  it('shows a second profile through Google as linked, and a new name at the next sign-in', async () => {
    await using opened = await open();
    const { page } = opened;
    await signUp(page, 'grace@example.com', 'Grace Hopper');
    await cardIn(page, 'workos', 'grace@example.com').waitFor();
    await signUp(page, 'grace@example.com', 'Grace Hopper', 'through Google');
    const user = cardIn(page, 'workos', 'grace@example.com');
    await user.getByText('1 more Cognito profile linked').waitFor();
    await user.getByText('password + Google').waitFor();
    const choice = page.getByLabel('Profile', { exact: true });
    const native = page.locator('#profile-choice option', { hasText: /grace@example\.com$/ });
    await choice.selectOption(await native.first().getAttribute('value'));
    await page.getByLabel('New name, if any').fill('Grace Brewster Hopper');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await cardIn(page, 'workos', 'Grace Brewster Hopper').waitFor();
    await cardIn(page, 'cognito', 'Grace Brewster Hopper').waitFor();
  });

  it('asks once where a form is submitted twice', async () => {
    await using opened = await open();
    const { page } = opened;
    const asked: string[] = [];
    page.on('request', (each) => each.method() === 'POST' && asked.push(each.url()));
    await page.getByLabel('Email').fill('double@example.com');
    await page.getByRole('button', { name: 'Sign up' }).dblclick();
    await page.getByText('double@example.com signed up').waitFor();
    expect(asked).toHaveLength(1);
  });

  it('chooses no other profile in the place of one that was deleted', async () => {
    await using opened = await open();
    const { page } = opened;
    await signUp(page, 'stays@example.com', 'Stays');
    await signUp(page, 'goes@example.com', 'Goes');
    await cardIn(page, 'workos', 'goes@example.com').waitFor();
    const choice = page.getByLabel('Profile', { exact: true });
    await choice.selectOption({ label: 'Goes, goes@example.com' });
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('goes@example.com was deleted').waitFor();
    await page
      .locator('#profile-choice option', { hasText: 'goes@' })
      .waitFor({ state: 'detached' });
    expect(await choice.inputValue()).toBe('');
    await page.getByRole('button', { name: 'Delete' }).click();
    expect(await page.locator('#profile-form .answer').textContent()).toContain('goes@example.com');
  });

  it('keeps the profile and the focus after Disable, so that Enable is one key away', async () => {
    await using opened = await open();
    const { page } = opened;
    await signUp(page, 'toggled@example.com', 'Toggled');
    await cardIn(page, 'workos', 'toggled@example.com').waitFor();
    const choice = page.getByLabel('Profile', { exact: true });
    await choice.selectOption({ label: 'Toggled, toggled@example.com' });
    await page.getByRole('button', { name: 'Disable' }).press('Enter');
    await page.getByText('toggled@example.com was disabled').waitFor();
    await page.locator('[value=enable]:focus').press('Enter');
    await page.getByText('toggled@example.com was enabled').waitFor();
  });

  it('leaves what was typed while an answer was awaited', async () => {
    await using opened = await open();
    const { page } = opened;
    await page.route('**/act', async (route) => {
      await page.getByLabel('Email').fill('next@example.com');
      await route.continue();
    });
    await page.getByLabel('Email').fill('first@example.com');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByText('first@example.com signed up').waitFor();
    expect(await page.getByLabel('Email').inputValue()).toBe('next@example.com');
  });

  it("shows Cognito's own refusals at the form", async () => {
    await using opened = await open();
    const { page } = opened;
    await signUp(page, 'no address', 'No Address');
    await page.getByText('InvalidParameterException: Username should be an email.').waitFor();
    await signUp(page, 'twice@example.com', 'Twice');
    await page.getByText('twice@example.com signed up').waitFor();
    await signUp(page, 'twice@example.com', 'Twice');
    await page.getByText('UsernameExistsException').waitFor();
  });

  it('shows a message that nobody can read in the dead-letter queue, with the reason', async () => {
    await using opened = await open();
    const { page } = opened;
    await page.getByRole('button', { name: 'Send an unreadable message' }).click();
    await page.locator('#letter-cards').getByText('malformed message').first().waitFor();
    expect(await page.locator('#dead-letters').getAttribute('class')).toBe('filled');
    // As redrive takes it away.
    const QueueUrl = system.queue.deadLetterQueueUrl;
    const { Messages: [letter] = [] } = await system.queue.client.send(
      new ReceiveMessageCommand({ QueueUrl }),
    );
    await system.queue.client.send(
      new DeleteMessageCommand({ QueueUrl, ReceiptHandle: letter?.ReceiptHandle }),
    );
    await page.locator('#dead-letters').getByText('0 dead letters').waitFor();
    expect(await page.locator('#letter-cards > li').count()).toBe(0);
  });

  it.each([
    ['markup', '<img src=x onerror=alert(1)>', 'markup@example.com'],
    ['right-to-left text', '\u202eمرحبا\u202d <script>alert(2)</script>', 'rtl@example.com'],
  ])('shows a name of %s as text', async (_case, name, email) => {
    await using opened = await open();
    const { page, activity } = opened;
    await signUp(page, email, name);
    const card = cardIn(page, 'workos', email);
    await card.waitFor();
    const shown = await card.locator('bdi.title').textContent();
    expect(shown?.replaceAll(/\s+/g, ' ')).toBe(name.replaceAll(/\s+/g, ' '));
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(activity.dialogs).toEqual([]);
    expect(activity.errors).toEqual([]);
  });

  it('draws each of 300 profiles, and lists how many are where', async () => {
    await using opened = await open();
    const { page } = opened;
    const count = Number(await page.locator('#profile-count').textContent());
    expect(count).toBeGreaterThanOrEqual(310);
    expect(await page.locator('#profile-crowd i').count()).toBe(count);
    expect(await page.locator('#profile-cards > li').count()).toBeLessThanOrEqual(5);
    await page.locator('#profile-legend').getByText('not mirrored: disabled').waitFor();
  });

  it('opens the current step, and every earlier one again', async () => {
    await using opened = await open();
    const { page } = opened;
    const titles = await page.locator('#steps summary span:last-child').allTextContents();
    expect(titles).toEqual([...TITLES, 'In sync']);
    const current = page.locator('#steps [aria-current=step]');
    expect(await current.locator('summary').textContent()).toBe('4In sync');
    expect(await current.locator('details').getAttribute('open')).toBe('');
    const earlier = page.getByText('as told of: Ada signs in');
    expect(await earlier.isVisible()).toBe(false);
    await page.getByText('Ada signs in', { exact: true }).click();
    await earlier.waitFor();
  });

  it('shows the same in a second tab', async () => {
    await using first = await open();
    await signUp(first.page, 'two.tabs@example.com', 'Two Tabs');
    await cardIn(first.page, 'workos', 'two.tabs@example.com').waitFor();
    await system.drained();
    await using second = await open();
    for (const part of ['header', '#board', '#steps']) {
      const [one, two] = await Promise.all(
        [first, second].map(({ page }) => page.locator(part).innerText()),
      );
      expect(one?.length, part).toBeGreaterThan(10);
      expect(two, part).toBe(one);
    }
  });

  it('moves nothing where a user prefers reduced motion', async () => {
    await using opened = await open({ reducedMotion: 'reduce' });
    const { page } = opened;
    await page.evaluate(
      "new MutationObserver(() => { window.flew = true; }).observe(document.getElementById('sky'), { childList: true })",
    );
    await signUp(page, 'calm@example.com', 'Calm');
    await cardIn(page, 'workos', 'calm@example.com').waitFor();
    expect(await page.evaluate('window.flew === true')).toBe(false);
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
  });

  it.each(['light', 'dark'] as const)(
    'fits into 390, 768 and 1280 pixels with enough contrast: %s',
    async (colorScheme) => {
      await using opened = await open({ colorScheme, reducedMotion: 'reduce' });
      const { page } = opened;
      for (const width of [390, 768, 1280]) {
        await page.setViewportSize({ width, height: 860 });
        expect.soft(await page.evaluate('pageChecks.overflow()'), String(width)).toEqual([]);
        expect.soft(await page.evaluate('pageChecks.lowContrast()'), String(width)).toEqual([]);
      }
      const levels = (await page.evaluate('pageChecks.headings()')) as number[];
      expect(levels.slice(0, 3)).toEqual([1, 2, 3]);
    },
  );

  it('can sign a user up with the keyboard alone', async () => {
    await using opened = await open();
    const { page } = opened;
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('keys@example.com');
    await page.keyboard.press('Enter');
    await cardIn(page, 'workos', 'keys@example.com').waitFor();
  });
});

describe('the live page, when its connection drops', () => {
  it('says so, connects again and shows what it missed', async () => {
    const stream = createEventStream();
    const first = await startLivePage(stream);
    const port = Number(new URL(first.url).port);
    stream.emit({ kind: 'step', title: 'Before', steps: 3 });
    await using opened = await openUrl(browser, first.url);
    const { page } = opened;
    await page.locator('#now').getByText('Before').waitFor();
    await first.close();
    await page.getByText('Connection lost, trying again').waitFor();
    const second = await startLivePage(stream, { port });
    onTestFinished(() => second.close());
    stream.emit({ kind: 'step', title: 'After', steps: 3 });
    await page.locator('#now').getByText('After').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
  });
});

describe('the live page, asked by another site', () => {
  const POST = { method: 'POST', path: '/act' };
  const JSON_TYPE = { 'content-type': 'application/json' };

  it('answers 403 to a name that is not its own (DNS rebinding)', async () => {
    const { port } = new URL(live.url);
    expect(await statusOf({ headers: { host: `evil.example:${port}` } })).toBe(403);
    expect(await statusOf({ path: '/events', headers: { host: 'evil.example' } })).toBe(403);
    expect(await statusOf({ headers: { host: `localhost:${port}` } })).toBe(200);
  });

  it('answers 403 to a request whose origin is another site, and to a POST without one', async () => {
    const origin = 'http://evil.example';
    expect(await statusOf({ ...POST, headers: { ...JSON_TYPE, origin } })).toBe(403);
    expect(await statusOf({ ...POST, headers: JSON_TYPE })).toBe(403);
    expect(await statusOf({ path: '/events', headers: { origin } })).toBe(403);
    const own = live.url.slice(0, -1);
    expect(await statusOf({ ...POST, headers: { ...JSON_TYPE, origin: own } })).toBe(422);
  });

  it('serves its own files alone, and lets nothing in from elsewhere', async () => {
    expect(await statusOf({ path: '/../package.json' })).toBe(404);
    expect(await statusOf({ path: '/page-state.d.ts' })).toBe(404);
    const { headers } = await fetch(live.url);
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self';.*frame-ancestors 'none'$/,
    );
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  function statusOf(options: {
    method?: string;
    path?: string;
    headers?: Record<string, string>;
  }): Promise<number | undefined> {
    const { hostname, port } = new URL(live.url);
    return new Promise((resolve, reject) => {
      const sent = request({ hostname, port, path: '/', ...options }, (response) => {
        response.destroy();
        resolve(response.statusCode);
      });
      sent.on('error', reject).end(options.method === 'POST' ? '{}' : undefined);
    });
  }
});
