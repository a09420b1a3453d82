import { createHash } from 'node:crypto';
import { raw } from 'hono/html';
import type { Readiness } from './facts.ts';
import { counted, toMoment } from './format.ts';
import { createForeignText, type ForeignText } from './page/foreign-text.ts';
import { type Html, html } from './page/html.ts';
import { figure } from './page/parts.ts';
import { agreement } from './page/section-agreement.ts';
import { people } from './page/section-people.ts';
import { running } from './page/section-running.ts';
import { users } from './page/section-users.ts';
import { verdict } from './page/section-verdict.ts';
import { STYLE } from './page/style.ts';

type ReportOptions = {
  /** Emails, usernames and phone numbers as they are, instead of `a•••@example.com`. */
  showEmails: boolean;
};

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
 * The readiness report as one self-contained HTML page, without scripts and without a request to
 * anywhere: what a team puts before its meeting.
 */
export function readinessToHtml(readiness: Readiness, options: ReportOptions): string {
  const shown = createForeignText(options);
  // The style sheet is a constant; nothing else on the page is raw.
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>Cutover readiness: ${shown.plain(readiness.userPoolId)}</title>
<style>${raw(STYLE)}</style></head>
<body><a class="skip" href="#agreement">Skip to the details</a>
${header(readiness, shown)}
<main>${verdict(readiness, shown)}${figures(readiness)}${agreement(readiness, shown)}${users(readiness, shown)}${people(readiness, shown)}${running(readiness, shown)}</main>
${footer(readiness, options)}
</body></html>
`;
  return page.toString();
}

function header(readiness: Readiness, shown: ForeignText): Html {
  const { userPoolId, userPoolName, workos, generatedAt } = readiness;
  const name = userPoolName !== undefined && html`${shown.text(userPoolName)} `;
  return html`<header><h1>Cutover readiness</h1>
<dl><div><dt>User pool</dt><dd>${name}${shown.id(userPoolId)}</dd></div>
<div><dt>WorkOS</dt><dd>${shown.id(workos)}</dd></div>
<div><dt>Looked at</dt><dd>${shown.text(toMoment(generatedAt))}</dd></div></dl></header>`;
}

function figures({ balance, mails }: Readiness): Html {
  return html`<section id="figures" aria-label="Figures"><ul class="figures">
${figure(balance.read, 'user in Cognito', 'users in Cognito')}
${figure(balance.listed, 'user in WorkOS', 'users in WorkOS')}
${mails.kept > 0 && figure(mails.kept, 'person keeps the password', 'people keep their password')}
${figure(mails.people - mails.kept, 'person needs a new password', 'people need a new password')}
${figure(mails.mailed, 'person gets a mail to set one', 'people get a mail to set one')}
</ul></section>`;
}

function footer({ checked, workosUsers }: Readiness, { showEmails }: ReportOptions): Html {
  const privacy = showEmails
    ? 'This page shows emails and usernames as they are: treat it as personal data.'
    : 'Emails, usernames and phone numbers are masked; with --show-emails they are not.';
  return html`<footer><p>${counted(checked, 'Cognito user')} and ${counted(workosUsers, 'WorkOS user')} compared by cognito-workos-sync.
The page is as it was at that moment; people sign up and in all the time. ${privacy}</p></footer>`;
}
