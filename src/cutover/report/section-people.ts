import type { MfaReadiness, Readiness } from '../readiness.ts';
import { mfaMethodToWords, unusableEmailToWords } from './advice.ts';
import { barList } from './charts.ts';
import { counted, toRanking } from './format.ts';
import { type Html, html } from './html.ts';
import { command, examples, userColumns } from './parts.ts';
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
      : html`<p>Cognito gives no password out, so that they choose a new one. At the cutover each gets one mail:
${command('npm run reset-passwords')}. They are counted in WorkOS, each person once.</p>`;
  return html`<section id="password"><h3>New password: ${counted(count, 'person', 'people')}</h3>${text}</section>`;
}

function mfa(readiness: MfaReadiness, shown: Shown): Html {
  const { enrolled, setting, lookedAt, notLookedAt, why } = readiness;
  const missing = why ?? 'Why was not said: run the comparison again.';
  return html`<section id="mfa"><h3>MFA to enrol again: ${mfaCount(readiness)}</h3>
<p>${settingToSentence(setting)} ${counted(lookedAt, 'user')} looked at. WorkOS asks whoever has MFA
to enrol once more: Cognito does not give the secrets out.</p>
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

function mfaCount({ enrolled, setting, notLookedAt }: MfaReadiness): string {
  if (notLookedAt === 0 || setting === 'OFF') return counted(enrolled.count, 'user');
  return enrolled.count > 0 ? `at least ${counted(enrolled.count, 'user')}` : 'not known';
}

function mfaMethods({ methods, enrolled }: MfaReadiness, shown: Shown): Html | false {
  const rows = toRanking(methods).map(({ name, count }) => ({
    name: shown.plain(mfaMethodToWords(name)),
    label: shown.text(mfaMethodToWords(name)),
    count,
  }));
  return rows.length > 0 && barList('By method; a user may have several', rows, enrolled.count);
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
    return html`<section id="email"><h3>Without a usable email: nobody</h3></section>`;
  }
  return html`<section id="email"><h3>Without a usable email: ${counted(found.count, 'user')}</h3>
<p>Confirmed and enabled, and yet WorkOS cannot have them, or cannot trust the address they have. Some of
them count above as not mirrored or in conflict too. Give them an address in Cognito, or verify it there.</p>
${examples('Users without a usable email', found, [
  ...userColumns(shown),
  { title: 'Why', cell: ({ reason }) => shown.text(unusableEmailToWords(reason)) },
])}
</section>`;
}
