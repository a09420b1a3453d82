/** Controls, bidi marks, zero-width and other characters that are not seen but move what is. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;
/** More marks on one letter than any language has cover the lines above and below. */
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu;
const MAXIMUM_LENGTH = 160;

/**
 * Text of foreign origin → text in which nothing hides: characters that cannot be seen are named
 * (`[U+202E]`), and after 160 characters it says how many more there are.
 */
export function toVisible(text: string): string {
  const characters = [...text];
  const rest = characters.length - MAXIMUM_LENGTH;
  const shown = rest > 0 ? characters.slice(0, MAXIMUM_LENGTH).join('') : text;
  const visible = shown.replace(INVISIBLE, nameOf).replace(STACKED_MARKS, '$1…');
  return rest > 0 ? `${visible}… (${rest.toLocaleString('en-US')} more characters)` : visible;
}

/** The same text without the characters that {@link toVisible} names. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, '');
}

function nameOf(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  return `[U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}]`;
}
