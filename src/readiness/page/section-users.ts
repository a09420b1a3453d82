import type { Readiness } from '../facts.ts';
import { skippedToWords } from './advice.ts';
import { barList, stackedBar } from './charts.ts';
import { counted, sumOf, toRanking } from './format.ts';
import { type Html, html } from './html.ts';
import { command, countHeading } from './parts.ts';
import type { Shown } from './shown.ts';

/** How people sign in: password, provider or both; each provider; who is not mirrored, and why. */
export function users(readiness: Readiness, shown: Shown): Html {
  const { password, federatedOnly, passwordAndFederated } = readiness.kinds;
  const all = password + federatedOnly + passwordAndFederated;
  const bar = stackedBar(`How ${counted(all, 'user')} sign in, without those not mirrored`, [
    { name: 'Password only', count: password, tone: 'one' },
    { name: 'Provider only', count: federatedOnly, tone: 'two' },
    { name: 'Password and provider', count: passwordAndFederated, tone: 'three' },
  ]);
  return html`<section id="users"><h2>How do they sign in?</h2>
<div class="pair"><div>${bar}</div><div>${providers(readiness, all, shown)}</div></div>
${skipped(readiness, shown)}
</section>`;
}

function providers({ kinds }: Readiness, all: number, shown: Shown): Html {
  const ranking = toRanking(kinds.federated);
  if (ranking.length === 0) return html`<p>Nobody signs in through a provider.</p>`;
  const rows = ranking.map(({ name, count }) => ({
    name: shown.plain(name),
    label: shown.text(name),
    count,
  }));
  return html`${barList('Users of each provider; who uses two counts for both', rows, { whole: all, tone: 'two' })}
<p>Each needs the same OAuth client in WorkOS: ${command('npm run oauth-clients')} lists them.</p>`;
}

function skipped(readiness: Readiness, shown: Shown): Html | false {
  const ranking = toRanking(readiness.skipped);
  if (ranking.length === 0) return false;
  const rows = ranking.map(({ name, count }) => ({
    name: shown.plain(skippedToWords(name)),
    label: shown.text(skippedToWords(name)),
    count,
  }));
  return html`<section id="skipped">${countHeading(sumOf(readiness.skipped), 'user is not mirrored, by rule', 'users are not mirrored, by rule')}
<p>The sync does not bring them to WorkOS: look whether somebody among them should be there.</p>
${barList('Why they are not mirrored', rows, { whole: sumOf(readiness.skipped), tone: 'rest' })}
</section>`;
}
