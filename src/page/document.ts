import { createHash } from 'node:crypto';
import { raw } from 'hono/html';
import { type Html, html } from './html.ts';
import { STYLE } from './style.ts';

/**
 * The policy lets nothing in but our own style sheet: no script, no image, no request, and no style
 * that a value might bring.
 */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * One self-contained HTML page, without scripts and without a request to anywhere: what a team puts before its
 * meeting.
 *
 * @param page.details the id of the section that follows the figures; a constant, as the title's kind is.
 */
export function toDocument(page: {
  title: string;
  details: string;
  header: Html;
  main: Html;
  footer: Html;
}): string {
  const { title, details, header, main, footer } = page;
  // The style sheet is a constant; nothing else on the page is raw.
  const document = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${raw(STYLE)}</style></head>
<body><a class="skip" href="#${details}">Skip to the details</a>
${header}
<main>${main}</main>
${footer}
</body></html>
`;
  return document.toString();
}
