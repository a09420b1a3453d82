/** Control and invisible characters: names and ids may hold some that write over the terminal. */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Text of somebody else's, for one line on a terminal. */
export function toTerminalText(text: string): string {
  return text.toWellFormed().replace(UNSEEN, '?');
}

/** A value as one line of JSON that any terminal can show; parsed, it is the same value. */
export function toJsonLine(value: unknown): string {
  const escaped = JSON.stringify(value).replace(UNSEEN, (char) =>
    [...Array(char.length).keys()]
      .map((i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`)
      .join(''),
  );
  return `${escaped}\n`;
}
