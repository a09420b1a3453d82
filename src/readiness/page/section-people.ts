import { barList, type Part, stackedBar } from '../../page/charts.ts';
import type { ForeignText } from '../../page/foreign-text.ts';
import { counted, toCount, toRanking, toShare } from '../../page/format.ts';
import { type Html, html } from '../../page/html.ts';
import { command, countHeading } from '../../page/parts.ts';
import { isNoMailReason, NO_MAIL_ADVICE } from '../../password-resets/no-mail.ts';
import type { MfaReadiness, Readiness } from '../facts.ts';
import { emailProblemToWords, mfaMethodToWords } from './advice.ts';
import { examples, userColumns } from './parts.ts';

/** Who will notice the cutover: passwords, lost providers, MFA to enrol again, no usable email. */
export function people(readiness: Readiness, shown: ForeignText): Html {
  return html`<section id="people"><h2>Who will notice?</h2>
${password(readiness.mails)}${wayIn(readiness, shown)}${mfa(readiness.mfa, shown)}${email(readiness, shown)}
</section>`;
}

function password({ people: all, kept, mailed, notMailed }: Readiness['mails']): Html {
  const heading = countHeading(
    all - kept,
    'person needs a new password',
    'people need a new password',
  );
  if (all === 0) {
    return html`<section id="password">${heading}<p>No user signs in with a password.</p></section>`;
  }
  const { carried: _, ...others } = notMailed;
  const without = all - kept - mailed;
  return html`<section id="password">${heading}
${kept > 0 && keepers({ people: all, kept, mailed })}
${
  kept < all &&
  html`<p>Cognito gives no password out, so that they choose a new one. ${command('npx cws reset-passwords')} mails ${counted(mailed, 'of them', 'of them')} once,
at the cutover${without > 0 && `; ${counted(without, 'gets', 'get')} no mail`}.</p>`
}
${without > 0 && html`<dl class="advice">${toRanking(others).map(noMail)}</dl>`}</section>`;
}

/** Their passwords were carried over while both sides ran. */
function keepers({
  people: all,
  kept,
  mailed,
}: Omit<Readiness['mails'], 'keptShare' | 'notMailed'>): Html {
  const parts: Part[] = [
    { name: 'Keep their password', count: kept, tone: 'good' },
    { name: 'Get a mail', count: mailed, tone: 'look' },
    { name: 'Need a new one, get no mail', count: all - kept - mailed, tone: 'rest' },
  ];
  return html`<p>${counted(kept, 'person keeps the password', 'people keep their password')} of Cognito, ${toShare(kept, all)} of those who have one:
it was carried over at a sign-in. Each further day of the dual run adds to them.</p>
${stackedBar(
  'People with a password',
  parts.filter(({ count }) => count > 0),
)}`;
}

function noMail({ name, count }: { name: string; count: number }): Html | false {
  if (!isNoMailReason(name)) return false;
  const { means, todo } = NO_MAIL_ADVICE[name];
  return html`<div><dt><code>${name}</code> <span class="note">${counted(count, 'person', 'people')}</span></dt>
<dd>${means}</dd><dd><strong>To do:</strong> ${todo}</dd></div>`;
}

/** Providers that WorkOS does not have, and who uses them. */
function wayIn({ providers, withoutWayIn }: Readiness, shown: ForeignText): Html | false {
  const without = providers.filter(({ hasCounterpart }) => !hasCounterpart);
  if (without.length === 0) return false;
  return html`<section id="providers">${countHeading(withoutWayIn, 'person loses the only way in', 'people lose their only way in')}
<p>WorkOS does not have these providers. Who has no password and no other provider signs in by email, where that
is switched on, or sets a password first.</p>
<ul>${without.map(({ name, count }) => html`<li>${shown.text(name)}: ${counted(count, 'person', 'people')}</li>`)}</ul></section>`;
}

function mfa(readiness: MfaReadiness, shown: ForeignText): Html {
  const { enrolled, setting, lookedAt, notLookedAt, why } = readiness;
  const missing = why ?? 'Why was not said: run the comparison again.';
  return html`<section id="mfa">${mfaHeading(readiness)}
<p>${settingToSentence(setting)} ${setting !== 'OFF' && `${counted(lookedAt, 'user')} looked at.`} Cognito does not give its
MFA secrets out: users who have MFA there enrol again in WorkOS.</p>
${notLookedAt > 0 && html`<p class="unknown"><strong>Not known for ${counted(notLookedAt, 'user')} with a password.</strong> ${shown.text(missing)}</p>`}
${enrolled.count > 0 && mfaMethods(readiness, shown)}
${examples('Users with MFA', enrolled, [
  ...userColumns(shown),
  {
    title: 'Method',
    cell: (row) => shown.text(row.methods.map(mfaMethodToWords).join(', ')),
  },
])}
</section>`;
}

function mfaHeading({ enrolled, setting, notLookedAt }: MfaReadiness): Html {
  const known = notLookedAt === 0 || setting === 'OFF';
  if (!known && enrolled.count === 0)
    return html`<h3>Who must enrol in MFA again is not known</h3>`;
  const count = known ? enrolled.count : `At least ${toCount(enrolled.count)}`;
  return countHeading(count, 'user must enrol in MFA again', 'users must enrol in MFA again');
}

function mfaMethods({ methods, enrolled }: MfaReadiness, shown: ForeignText): Html | false {
  const rows = toRanking(methods).map(({ name, count }) => ({
    name: shown.plain(mfaMethodToWords(name)),
    label: shown.text(mfaMethodToWords(name)),
    count,
  }));
  return (
    rows.length > 0 &&
    barList('By method; a user may have several', rows, { whole: enrolled.count, tone: 'one' })
  );
}

function settingToSentence(setting: MfaReadiness['setting']): string {
  switch (setting) {
    case 'OFF':
      return 'MFA is off in the pool.';
    case 'OPTIONAL':
      return 'MFA is optional in the pool.';
    case 'ON':
      return 'MFA is required by the pool.';
    case undefined:
      return 'The MFA setting of the pool could not be read.';
  }
}

function email({ withoutUsableEmail: found }: Readiness, shown: ForeignText): Html {
  if (found.count === 0) {
    return html`<section id="email">${countHeading(0, '', 'users without a usable email')}</section>`;
  }
  return html`<section id="email">${countHeading(found.count, 'user without a usable email', 'users without a usable email')}
<p>Confirmed and enabled, and yet WorkOS cannot have them, or cannot trust the address they have. Some of
them count above as not mirrored or in conflict too. Give them an address in Cognito, or verify it there.</p>
${examples('Users without a usable email', found, [
  ...userColumns(shown),
  { title: 'Why', cell: ({ reason }) => shown.text(emailProblemToWords(reason)) },
])}
</section>`;
}
