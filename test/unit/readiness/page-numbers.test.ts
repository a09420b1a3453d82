import { expect, it } from 'vitest';
import { readinessToHtml } from '../../../src/readiness/page.ts';
import { ready } from '../../fixtures/readiness.ts';

/** As the real report has it where one of 1,205 records cannot be read. */
function withOneUnreadable() {
  const { balance } = ready();
  return ready({
    inSync: false,
    unreadable: 1,
    balance: { ...balance, read: balance.read + 1, unreadable: 1 },
  });
}

it('the page calls the number of Cognito users the same everywhere when a record cannot be read', () => {
  const text = readinessToHtml(withOneUnreadable(), { showEmails: false })
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
  expect(text).toContain('1,205 users in Cognito');
  expect(text).toContain('agree about 1,192 of 1,205 users');
  expect(text).toMatch(/1,205 Cognito users − 9 unconfirmed − 3 disabled − 1 unreadable/);
});

it('one second profile is named in the singular', () => {
  const { balance } = ready();
  const text = readinessToHtml(ready({ balance: { ...balance, secondProfiles: 1 } }), {
    showEmails: false,
  });
  expect(text).toContain('− 1 second profile of a person =');
});
