import type { MfaReadiness, Readiness } from '../facts.ts';
import { mfaMethodToWords, unusableEmailToWords } from './advice.ts';
import { barList } from './charts.ts';
import { counted, toCount, toRanking } from './format.ts';
import { type Html, html } from './html.ts';
import { command, countHeading, examples, userColumns } from './parts.ts';
import type { Shown } from './shown.ts';

/** Who will notice the cutover: new passwords, MFA to enrol again, nobody to write to. */
export function people(readiness: Readiness, shown: Shown): Html {
  return html`<section id="people"><h2>Who will notice?</h2>
${password(readiness.mustResetPassword)}${mfa(readiness.mfa, shown)}${email(readiness, shown)}
</section>`;
}

function password(count: number): Html {
  const text =
    count === 0
      ? html`<p>Nobody signs in with a password.</p>`
      : html`<p>Cognito gives no password out, so that they choose a new one. At the cutover each of
them whose address is verified gets one mail: ${command('npm run reset-passwords')}. They are counted in WorkOS, each person
once.</p>`;
  return html`<section id="password">${countHeading(count, 'person needs a new password', 'people need a new password')}${text}</section>`;
}

function mfa(readiness: MfaReadiness, shown: Shown): Html {
  const { enrolled, setting, lookedAt, notLookedAt, why } = readiness;
  const missing = why ?? 'Why was not said: run the comparison again.';
  return html`<section id="mfa">${mfaHeading(readiness)}
<p>${settingToSentence(setting)} ${setting !== 'OFF' && `${counted(lookedAt, 'user')} looked at.`} Cognito does not give its
MFA secrets out: whoever has MFA there enrols again in WorkOS.</p>
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

function mfaMethods({ methods, enrolled }: MfaReadiness, shown: Shown): Html | false {
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

function email({ withoutUsableEmail: found }: Readiness, shown: Shown): Html {
  if (found.count === 0) {
    return html`<section id="email">${countHeading(0, '', 'users without a usable email')}</section>`;
  }
  return html`<section id="email">${countHeading(found.count, 'user without a usable email', 'users without a usable email')}
<p>Confirmed and enabled, and yet WorkOS cannot have them, or cannot trust the address they have. Some of
them count above as not mirrored or in conflict too. Give them an address in Cognito, or verify it there.</p>
${examples('Users without a usable email', found, [
  ...userColumns(shown),
  { title: 'Why', cell: ({ reason }) => shown.text(unusableEmailToWords(reason)) },
])}
</section>`;
}
