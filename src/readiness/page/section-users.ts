import { isBulkSkipReason } from '../../bulk/skip-advice.ts';
import { barList, stackedBar } from '../../page/charts.ts';
import type { ForeignText } from '../../page/foreign-text.ts';
import { counted, sumOf, toRanking } from '../../page/format.ts';
import { type Html, html } from '../../page/html.ts';
import { command, countHeading } from '../../page/parts.ts';
import type { Readiness } from '../facts.ts';
import { skippedToWords } from './advice.ts';

/** How people sign in: password, provider or both; each provider; who is not mirrored, and why. */
export function users(readiness: Readiness, shown: ForeignText): Html {
  const { password, federatedOnly, passwordAndFederated } = readiness.kinds;
  const all = password + federatedOnly + passwordAndFederated;
  const bar = stackedBar(
    `How ${counted(all, 'person', 'people')} sign in; all profiles of one person are one`,
    [
      { name: 'Password only', count: password, tone: 'one' },
      { name: 'Provider only', count: federatedOnly, tone: 'two' },
      { name: 'Password and provider', count: passwordAndFederated, tone: 'three' },
    ],
  );
  return html`<section id="users"><h2>How do they sign in?</h2>
<div class="pair"><div>${bar}</div><div>${providers(readiness, all, shown)}</div></div>
${skipped(readiness, shown)}
</section>`;
}

function providers({ providers: used }: Readiness, all: number, shown: ForeignText): Html {
  if (used.length === 0) return html`<p>No user signs in through a provider.</p>`;
  const rows = used
    .toSorted((one, other) => other.count - one.count)
    .map(({ name, count, hasCounterpart }) => ({
      name: shown.plain(name),
      label: html`${shown.text(name)}${!hasCounterpart && html` <span class="note">not in WorkOS</span>`}`,
      count,
    }));
  return html`${barList('People of each provider; who uses two counts for both', rows, { whole: all, tone: 'two' })}
<p>Each needs the same OAuth client in WorkOS: ${command('npx cws oauth-clients')} lists them.</p>`;
}

function skipped(readiness: Readiness, shown: ForeignText): Html | false {
  const ranking = toRanking(readiness.skipped);
  if (ranking.length === 0) return false;
  const rows = ranking.map(({ name, count }) => {
    const words = isBulkSkipReason(name) ? skippedToWords(name) : name;
    return { name: shown.plain(words), label: shown.text(words), count };
  });
  return html`<section id="skipped">${countHeading(sumOf(readiness.skipped), 'user is not mirrored, by rule', 'users are not mirrored, by rule')}
<p>The sync does not bring them to WorkOS: check whether some of them should be there.</p>
${barList('Why they are not mirrored', rows, { whole: sumOf(readiness.skipped), tone: 'rest' })}
</section>`;
}
