import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Readiness } from '../../../src/readiness/facts.ts';
import { readinessToHtml } from '../../../src/readiness/page.ts';
import { HOSTILE, hostileReadiness } from '../../fixtures/hostile-readiness.ts';
import {
  aMillion,
  emptyPool,
  keeping,
  notReady,
  ready,
  unknown,
} from '../../fixtures/readiness.ts';

const page = (readiness: Readiness, showEmails = false) =>
  readinessToHtml(readiness, { showEmails });
/** The text of the page, without the tags. */
const textOf = (html: string) =>
  html
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
const toNumber = (text = '') => Number(text.replaceAll(',', ''));
const tagsOf = (html: string) => html.match(/<[^>]*>/g) ?? [];

describe('the readiness page', () => {
  it('allows only its own style sheet, by hash, in its Content Security Policy, and has no script, image or URL', () => {
    const html = page(notReady());
    const style = html.match(/<style>([\s\S]*?)<\/style>/)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(html).toContain(
      'http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;',
    );
    expect(html).toContain(`style-src &#39;sha256-${hash}&#39;`);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|style="|\son\w+=|@import|url\(|https?:/i);
  });

  it('names the pool, the WorkOS host and the time, and only the pool in its title', () => {
    const html = page(notReady(), true);
    const text = textOf(html);
    expect(html).toContain('<title>Cutover readiness: eu-central-1_Pool00001</title>');
    expect(text).toContain('shop-production eu-central-1_Pool00001');
    expect(text).toContain('api.workos.com');
    expect(text).toContain('1 January 2026 at 12:34 UTC');
  });

  it('masks emails, usernames and phone numbers unless showEmails is set', () => {
    const personalData = /\bada\b|grace|alan|former|margaret|niklaus|15112345/;
    expect(textOf(page(notReady()))).not.toMatch(personalData);
    expect(textOf(page(notReady()))).toContain('a•••@example.com');
    expect(textOf(page(notReady()))).toContain('Emails, usernames and phone numbers are masked');
    const shown = textOf(page(notReady(), true));
    for (const name of ['ada', 'alan', 'former', 'margaret']) {
      expect(shown).toContain(`${name}@example.com`);
    }
    expect(shown).toContain('+4915112345678');
    expect(shown).toContain('treat it as personal data');
  });

  it('masks an email in the pool name, in reasons and in external ids', () => {
    const why = 'user ada@example.com is not authorized';
    const holder = { ...notReady().conflicts.examples[0], holderExternalId: 'ada@example.com' };
    const text = textOf(
      page(
        ready({
          userPoolName: "ada@example.com's pool",
          triggers: { known: false, why },
          queues: { known: false, why },
          mfa: { ...ready().mfa, notLookedAt: 1, why },
          providers: [{ name: 'ada@example.com', count: 1, hasCounterpart: true }],
          conflicts: {
            count: 1,
            reasons: { email_taken: 1 },
            examples: [{ sub: 's', reason: 'email_taken', workosUserId: 'user_1', ...holder }],
          },
        }),
      ),
    );
    expect(text).not.toContain('ada@');
    expect(text.match(/a•••@example\.com/g)?.length).toBeGreaterThanOrEqual(6);
  });

  it('says what to do about each conflict reason it shows', () => {
    const { conflicts } = notReady();
    const reasons = { ...conflicts.reasons, primary_gone: 1 };
    const text = textOf(page(notReady({ conflicts: { ...conflicts, count: 10, reasons } })));
    for (const todo of [
      'unverified_email 5 users',
      'verify it in Cognito',
      'email_taken 2 users',
      'Decide who keeps the address',
      'email_locked 1 user',
      'Change the email in the directory',
      'foreign_external_id 1 user',
      'empty that external id in WorkOS',
      'primary_gone 1 user',
      'Do not delete the WorkOS user',
    ]) {
      expect(text).toContain(todo);
    }
  });

  it('names the permission or variable to add for each fact that is not known', () => {
    const text = textOf(page(unknown()));
    expect(text).toContain('Not known. Allow cognito-idp:DescribeUserPool.');
    expect(text).toContain('Not known. Set SYNC_QUEUE_URL and SYNC_DLQ_URL.');
    expect(text).toContain('Not known for 761 users with a password. Allow cognito-idp:GetUser');
    expect(text).toContain('Who must enrol in MFA again is not known');
  });

  it.each([
    ['a pool that is ready', ready()],
    ['a pool that is not ready', notReady()],
    ['a pool of a million users', aMillion()],
    ['an empty pool', emptyPool()],
  ])('shows parts that add up to all users of %s', (_case, readiness) => {
    const bar = page(readiness).match(/([\d,]+) Cognito users compared with WorkOS: ([^<]*)</);
    const parts = [...(bar?.[2] ?? '').matchAll(/ ([\d,]+)(?:, |$)/g)].map(([, count]) => count);
    expect(toNumber(bar?.[1])).toBe(readiness.checked);
    expect(parts.reduce((sum, count) => sum + toNumber(count), 0)).toBe(readiness.checked);
  });

  it('explains why the parts do not add up when a user is both not mirrored and in conflict', () => {
    const note = 'A user that is not mirrored counts twice';
    expect(textOf(page(notReady()))).not.toContain(note);
    const gone = { count: 1, examples: [], reasons: { primary_gone: 1 } };
    const text = textOf(page(ready({ inSync: false, conflicts: gone })));
    expect(text).toContain(note);
    expect(text).toContain('agree about 1,192 of 1,204 users');
  });

  it('leads from the number of Cognito users to the number of WorkOS users in one line', () => {
    expect(textOf(page(ready()))).toContain(
      '1,204 Cognito users − 9 unconfirmed − 3 disabled − 5 second profiles of the same people = 1,187 WorkOS users',
    );
    expect(textOf(page(notReady()))).toContain(
      '− 37 missing in WorkOS − 6 in conflict and without a WorkOS user = 1,140 with a WorkOS user + 3 extra + 44 not from this pool = 1,187 WorkOS users',
    );
  });

  it('shows how many people are mailed and why the others are not', () => {
    const text = textOf(page(notReady()));
    expect(text).toContain('752 people need a new password');
    expect(text).toContain('mails 725 of them once');
    expect(text).toContain('not_in_workos 16 people');
  });

  it('shows how many people keep their password, and mails only the others', () => {
    const text = textOf(page(keeping()));
    expect(text).toContain('600 people keep their password');
    expect(text).toContain('156 people need a new password');
    expect(text).toContain('of Cognito, 79.4 % of those who have one');
    expect(text).toContain('mails 140 of them once, at the cutover; 16 get no mail');
    expect(text).toContain(
      'Keep their password 600, Get a mail 140, Need a new one, get no mail 16',
    );
    // Who keeps the password is no reason why a mail is missing.
    expect(text).not.toContain('carried 600');
    const all = { people: 756, kept: 756, keptShare: 1, mailed: 0, notMailed: { carried: 756 } };
    const nobodyMailed = textOf(page(ready({ mails: all })));
    expect(nobodyMailed).toContain('0 people need a new password');
    expect(nobodyMailed).not.toContain('reset-passwords');
  });

  it('says nothing of kept passwords where none is carried over', () => {
    expect(textOf(page(ready()))).not.toMatch(/keeps? (the|their) password/i);
  });

  it('shows how many people lose their only way in', () => {
    expect(textOf(page(ready()))).not.toContain('only way in');
    const text = textOf(page(notReady()));
    expect(text).toContain('6 people lose their only way in');
    expect(text).toContain('Facebook : 12 people');
  });

  it('stays below 100,000 characters for a million users and says how many more there are', () => {
    expect(page(aMillion()).length).toBeLessThan(100_000);
    expect(textOf(page(aMillion()))).toContain('Users with MFA: the first 10 of 641,158');
    expect(textOf(page(aMillion()))).toContain('And 28 more, with at most 28,000 each.');
  });
});

describe('the readiness page with hostile text', () => {
  it.each(HOSTILE)('has the same tags as with harmless text: %s', (_case, text) => {
    for (const showEmails of [false, true]) {
      expect(tagsOf(page(hostileReadiness(text), showEmails))).toEqual(
        tagsOf(page(hostileReadiness('harmless'), showEmails)),
      );
    }
  });

  it('shows invisible and control characters as code points', () => {
    const html = page(hostileReadiness('\u202e\u2066x\u200b\u0000\ufeff'), true);
    expect(html).not.toMatch(/[\p{Cf}\0]/u);
    expect(html).toContain('[U+202E][U+2066]x[U+200B][U+0000][U+FEFF]');
  });
});
