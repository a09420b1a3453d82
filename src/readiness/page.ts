import { toDocument } from '../page/document.ts';
import { createForeignText, type ForeignText } from '../page/foreign-text.ts';
import { counted, toMoment } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { figure } from '../page/parts.ts';
import type { Readiness } from './facts.ts';
import { agreement } from './page/section-agreement.ts';
import { people } from './page/section-people.ts';
import { running } from './page/section-running.ts';
import { users } from './page/section-users.ts';
import { verdict } from './page/section-verdict.ts';

type ReportOptions = {
  /** Emails, usernames and phone numbers as they are, instead of `a•••@example.com`. */
  showEmails: boolean;
};

/** The readiness report as one page. */
export function readinessToHtml(readiness: Readiness, options: ReportOptions): string {
  const shown = createForeignText(options);
  return toDocument({
    title: `Cutover readiness: ${shown.plain(readiness.userPoolId)}`,
    details: 'agreement',
    header: header(readiness, shown),
    main: html`${verdict(readiness, shown)}${figures(readiness)}${agreement(readiness, shown)}${users(readiness, shown)}${people(readiness, shown)}${running(readiness, shown)}`,
    footer: footer(readiness, options),
  });
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
