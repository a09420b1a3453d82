import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskEmail, maskId, maskText, maskUsername } from '../../../src/page/mask.ts';

describe('maskEmail', () => {
  it.each([
    ['an ordinary address', 'ada@example.com', 'a•••@example.com'],
    ['an address with a tag', 'ada+shop@mail.example.co.uk', 'a•••@mail.example.co.uk'],
    ['a local part of two letters', 'al@example.com', 'a•••@example.com'],
    ['a local part of one letter', 'a@example.com', '•••@example.com'],
    ['a local part of one letter made of two characters', 'e\u0301@example.com', '•••@example.com'],
    ['an empty local part', '@example.com', '•••@example.com'],
    ['an empty domain', 'ada@', 'a•••@•••'],
    ['text without @', 'ada.lovelace', 'a•••'],
    ['empty text', '', '•••'],
    ['an address with several @', 'ada@home@example.com', 'a•••@example.com'],
    ['a quoted local part', '"ada lovelace"@example.com', '•••@example.com'],
    ['an emoji first', '🦊fox@example.com', '🦊•••@example.com'],
    ['an emoji alone', '🦊@example.com', '•••@example.com'],
    ['half an emoji first', '\ud83dfox@example.com', 'f•••@example.com'],
    ['an international address', 'élodie@bücher.example', 'é•••@bücher.example'],
    ['a bidi override first', '\u202eada@example.com', 'a•••@example.com'],
    ['a right-to-left mark in the domain', 'ada@exam\u200fple.com', 'a•••@example.com'],
    ['a name where the domain should be', 'ada@Ada Lovelace', 'a•••@•••'],
    ['a phone number where the domain should be', 'ada@+491511234567', 'a•••@•••'],
    ['a host without a dot', 'ada@localhost', 'a•••@•••'],
    ['markup', '<b>ada</b>@<img src=x>', '<•••@•••'],
  ])('given %s, turns %j into %j', (_case, email, masked) => {
    expect(maskEmail(email)).toBe(masked);
  });

  it('shows no more of the local part than its first character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (local) => {
        const [shown = ''] = maskEmail(`${local}@example.com`).split('@');
        expect([...shown.replace('•••', '')].length).toBeLessThanOrEqual(1);
      }),
      { seed: 7 },
    );
  });
});

describe('maskUsername', () => {
  it.each([
    ['a name', 'ada', 'a•••'],
    ['an email', 'ada@example.com', 'a•••@example.com'],
    ['a provider with an email', 'Contoso_ada@example.com', 'C•••@example.com'],
    ['a provider with an id', 'Google_1122334455', 'G•••'],
    ['a phone number', '+4915112345678', '•••78'],
    ['a written phone number', '(0151) 123-456 78', '•••78'],
    ['a phone number behind a bidi mark', '\u200e+4915112345678', '•••78'],
    ['a phone number in other digits', '+٤٩١٥١١٢٣٤٥', '•••٤٥'],
    ['a UUID', 'aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000001'],
    ['a UUID with something behind it', 'aaaaaaaa-0000-4000-8000-000000000001x', 'a•••'],
    ['punctuation first', '.ada', '•••'],
  ])('given %s, turns %j into %j', (_case, username, masked) => {
    expect(maskUsername(username)).toBe(masked);
  });
});

describe('maskId', () => {
  it.each([
    ['an id of WorkOS', 'user_01KABC', 'user_01KABC'],
    ['a sub', 'aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000001'],
    ["the customer's own id", '0815-4711', '0815-4711'],
    ['an email', 'ada@example.com', 'a•••@example.com'],
    ['a phone number', '+4915112345678', '•••78'],
  ])('given %s, turns %j into %j', (_case, id, masked) => {
    expect(maskId(id)).toBe(masked);
  });
});

describe('maskText', () => {
  it('masks every email in a sentence and nothing else', () => {
    const sentence = 'arn:aws:iam::1:role/x may not (ada@example.com, "bob@example.org"); user_1.';
    expect(maskText(sentence)).toBe(
      'arn:aws:iam::1:role/x may not (a•••@example.com, "b•••@example.org"); user_1.',
    );
  });

  it('handles a text of 100,000 characters', () => {
    expect(maskText('@'.repeat(100_000))).toBe('•••@•••');
    expect(maskText('a'.repeat(100_000))).toHaveLength(100_000);
  });
});
