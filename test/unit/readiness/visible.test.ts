import { describe, expect, it } from 'vitest';
import { toVisible } from '../../../src/page/visible.ts';

describe('toVisible', () => {
  it.each([
    ['plain text', 'Ada Lovelace', 'Ada Lovelace'],
    ['letters of any script', 'Élodie 山田 عائشة', 'Élodie 山田 عائشة'],
    ['a bidi override', 'ada\u202emoc.elpmaxe', 'ada[U+202E]moc.elpmaxe'],
    ['a bidi isolate left open', '\u2067ada', '[U+2067]ada'],
    ['a zero-width space', 'a\u200bda', 'a[U+200B]da'],
    ['a zero-width joiner', 'a\u200dda', 'a[U+200D]da'],
    ['a byte order mark', '\ufeffada', '[U+FEFF]ada'],
    ['a soft hyphen', 'a\u00adda', 'a[U+00AD]da'],
    ['a null and a line feed', 'a\0\nda', 'a[U+0000][U+000A]da'],
    ['a line separator', 'a\u2028da', 'a[U+2028]da'],
    ['a tag character', 'ada\u{e0041}', 'ada[U+E0041]'],
    ['a filler that looks like a space', 'a\u3164da', 'a[U+3164]da'],
    ['half a surrogate pair', 'a\ud83dda', 'a[U+D83D]da'],
    ['a pile of marks', `a${'\u0301'.repeat(50)}`, `a${'\u0301'.repeat(4)}…`],
  ])('shows %s: %j as %j', (_case, text, visible) => {
    expect(toVisible(text)).toBe(visible);
  });

  it('cuts a text after 160 characters, never inside one, and says how many more there are', () => {
    const visible = toVisible('🦊'.repeat(1_160));
    expect(visible).toBe(`${'🦊'.repeat(160)}… (1,000 more characters)`);
  });
});
