import { isBulkSkipReason, SKIP_ADVICE } from '../../bulk/skip-advice.ts';
import { CONFLICT_ADVICE, isConflictReason } from '../../mirror/decide/conflicts.ts';
import { barList, type Part, stackedBar } from '../../page/charts.ts';
import type { ForeignText } from '../../page/foreign-text.ts';
import { counted, sumOf, toCount, toDuration, toRanking } from '../../page/format.ts';
import { type Html, html } from '../../page/html.ts';
import { command, countHeading, unknown } from '../../page/parts.ts';
import { isNoMailReason, NO_MAIL_ADVICE } from '../../password-resets/no-mail.ts';
import type { Assessment } from '../facts.ts';

/** What the seed does, what it leaves to a person, how long it takes, and whom the cutover mails. */
export function forecast(assessment: Assessment, shown: ForeignText): Html {
  const { seed } = assessment.forecast;
  const parts: Part[] = [
    { name: 'Created', count: seed.created, tone: 'good' },
    { name: 'Linked to a WorkOS user', count: seed.linked, tone: 'two' },
    { name: 'Updated', count: seed.updated, tone: 'one' },
    { name: 'Nothing to do', count: seed.unchanged + seed.stale, tone: 'three' },
    { name: 'In conflict', count: seed.conflicts, tone: 'conflict' },
    { name: 'Not brought, by rule', count: sumOf(seed.skipped), tone: 'rest' },
    { name: 'Cannot be read', count: seed.failed, tone: 'bad' },
  ];
  return html`<section id="forecast"><h2>What will the seed do?</h2>
<p>Forecast by the seed itself, without its writes: ${command('npx cws seed --dry-run')} says the same.</p>
${stackedBar(
  `${counted(seed.read, 'Cognito user')}, by what becomes of them`,
  parts.filter(({ count }) => count > 0),
)}
${conflicts(assessment, shown)}${skipped(assessment, shown)}${time(assessment)}${mails(assessment)}
</section>`;
}

function conflicts({ forecast, workosUsers }: Assessment, shown: ForeignText): Html {
  const { conflictReasons, seed } = forecast;
  if (!workosUsers.known) {
    return html`<section id="conflicts"><h3>Conflicts with users in WorkOS</h3>${unknown(workosUsers.why, shown)}</section>`;
  }
  const items = toRanking(conflictReasons).map(({ name, count }) => {
    if (!isConflictReason(name)) return false;
    const { means, todo } = CONFLICT_ADVICE[name];
    return html`<div><dt>${shown.id(name)} <span class="note">${counted(count, 'user')}</span></dt>
<dd>${means}</dd><dd><strong>To do:</strong> ${todo}</dd></div>`;
  });
  return html`<section id="conflicts">${countHeading(seed.conflicts, 'user will be in conflict', 'users will be in conflict')}
${
  items.length > 0
    ? html`<p>Nothing is written for them: a person decides.</p><dl class="advice">${items}</dl>`
    : html`<p>Every user that can be brought has room in WorkOS.</p>`
}</section>`;
}

function skipped({ forecast: { seed } }: Assessment, shown: ForeignText): Html | false {
  const ranking = toRanking(seed.skipped);
  if (ranking.length === 0) return false;
  const rows = ranking.map(({ name, count }) => {
    const words = isBulkSkipReason(name) ? SKIP_ADVICE[name].means : name;
    return { name: shown.plain(words), label: shown.text(words), count };
  });
  const whole = sumOf(seed.skipped);
  return html`<section id="skipped">${countHeading(whole, 'user is not brought, by rule', 'users are not brought, by rule')}
${barList('Why they are not brought', rows, { whole, tone: 'rest' })}</section>`;
}

function time({ seedTime: { laptop, inAws }, forecast: { writes } }: Assessment): Html {
  return html`<section id="time"><h3>How long does it take?</h3>
<table class="examples"><caption>The first seed: ${counted(writes, 'user')} to write; users sign in as always meanwhile</caption>
<thead><tr><th scope="col">From</th><th scope="col">About</th><th scope="col">By</th></tr></thead><tbody>
<tr><th scope="row">Your machine</th><td data-title="About"><div>${toDuration(laptop.seconds)}</div></td><td data-title="By"><div>${laptop.rate} of the 50 writes a second that WorkOS allows (--rate)</div></td></tr>
<tr><th scope="row">The stack, in AWS</th><td data-title="About"><div>${toDuration(inAws.seconds)}</div></td><td data-title="By"><div>${inAws.usersPerSecond} new users a second, with workosShare ${inAws.share}; the machine may be switched off</div></td></tr>
</tbody></table></section>`;
}

/** After the seed: its advice elsewhere is to run one. */
const LEFT_OUT = {
  means: 'The seed leaves them in conflict, so that WorkOS does not have them.',
  todo: 'Decide about the conflicts above; verify finds who is missing afterwards.',
};

function mails({ forecast: { mails: found } }: Assessment): Html {
  const { people, mailed, notMailed } = found;
  if (people === 0) {
    return html`<section id="mails"><h3>No user signs in with a password</h3><p>No mail is sent.</p></section>`;
  }
  const without = people - mailed;
  const advice = toRanking(notMailed).map(({ name, count }) => {
    if (!isNoMailReason(name)) return false;
    const { means, todo } = name === 'not_in_workos' ? LEFT_OUT : NO_MAIL_ADVICE[name];
    return html`<div><dt><code>${name}</code> <span class="note">${counted(count, 'person', 'people')}</span></dt>
<dd>${means}</dd><dd><strong>To do:</strong> ${todo}</dd></div>`;
  });
  return html`<section id="mails">${countHeading(mailed, 'password-reset mail at the cutover', 'password-reset mails at the cutover')}
<p>If no password is carried over. With carried passwords, users who sign in during the dual run need no mail.
${without > 0 && `${toCount(without)} of the ${counted(people, 'person', 'people')} with a password get none:`}</p>
${without > 0 && html`<dl class="advice">${advice}</dl>`}</section>`;
}
