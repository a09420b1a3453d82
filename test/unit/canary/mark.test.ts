import { describe, expect, it } from 'vitest';
import {
  identityOf,
  mailboxProblem,
  nameToText,
  newRun,
  SIMULATOR,
  textToName,
} from '../../../src/canary/mark.ts';

const NAME = { run: 'ab12cd34', leaseEnds: 1_764_180_000, mailbox: SIMULATOR };
const client = (secret: string, name = NAME) => ({ id: 'x', secret, name });

describe('the name of an app client of the canary', () => {
  it.each([
    NAME,
    { ...NAME, mailbox: 'owner@example.com' },
    { run: 'standing', mailbox: SIMULATOR },
  ])('is read as it was written: %o', (name) => {
    expect(nameToText(name)).toMatch(/^[\w\s+=,.@-]{1,128}$/);
    expect(textToName(nameToText(name))).toEqual(name);
  });

  it.each([
    'cws-canary',
    'cws-canary-of-our-own',
    'cws-canary-ab12cd34',
    'my cws-canary-ab12cd34-1764180000',
    'cws-canary-ab12cd34-1764180000 ',
    'cws-canary-AB12CD34-1764180000',
  ])('is not that of an app client of the owner: %s', (text) => {
    expect(textToName(text)).toBeUndefined();
  });

  it('has a run that no other run has', () => {
    const runs = Array.from({ length: 1_000 }, newRun);
    expect(new Set(runs).size).toBe(1_000);
    expect(runs.every((run) => /^[0-9a-z]{8}$/.test(run))).toBe(true);
  });
});

describe('the profiles of the canary', () => {
  it('have an address that only who knows the secret of the app client can make', () => {
    const one = identityOf(client('secret'), 'user');
    expect(identityOf(client('secret'), 'user')).toEqual(one);
    expect(identityOf(client('another'), 'user').address).not.toBe(one.address);
    expect(identityOf(client('secret'), 'trap').address).not.toBe(one.address);
    expect(one.address).toMatch(
      /^success\+cws-canary-ab12cd34-user-[\da-f]{16}@simulator\.amazonses\.com$/,
    );
  });

  it('have a local part of at most 64 characters for the longest mailbox that is taken', () => {
    const mailbox = `${'o'.repeat(22)}@example.com`;
    expect(mailboxProblem(mailbox)).toBeUndefined();
    expect(mailboxProblem(`o${mailbox}`)).toContain('too long');
    const { address } = identityOf(client('secret', { ...NAME, run: 'standing', mailbox }), 'user');
    expect(address.split('@')[0]?.length).toBeLessThanOrEqual(64);
  });

  it('have a telephone number of those kept for fiction', () => {
    for (let n = 0; n < 50; n++) {
      expect(identityOf(client(`secret ${n}`), 'user').phone).toMatch(/^\+1[2-9]\d\d55501\d\d$/);
    }
  });

  it.each(['owner+label@example.com', 'o wner@example.com', 'owner', 'a@b@c', "o'x@example.com"])(
    'do not take the mailbox %s',
    (mailbox) => {
      expect(mailboxProblem(mailbox)).toContain('plain address');
    },
  );
});
