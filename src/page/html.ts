import { html as honoHtml } from 'hono/html';

/** HTML that is safe to put into the page: made by {@link html}, never from a bare string. */
export type Html = Extract<ReturnType<typeof honoHtml>, string>;
type Value = Html | string | number | false | undefined | readonly Value[];

/**
 * Hono's `html`: strings are escaped (`& < > " '`), so that they are safe as text and in quoted
 * attributes; nothing made by it is escaped twice; `false` and `undefined` leave nothing. It does
 * not make a value safe in a `style`, a `script`, a URL or an unquoted attribute: none goes there.
 *
 * @throws TypeError for a promise, which would be a bug: the page is made in one go.
 */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  const made = honoHtml(strings, ...values);
  if (made instanceof Promise) throw new TypeError('A part of the page is a promise.');
  return made;
}
