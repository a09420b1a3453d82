import { balanceToText } from '../balance-text.ts';
import type { CheckName, ReadinessCheck } from '../check.ts';
import type { Readiness } from '../facts.ts';
import { counted, sumOf, toCount } from '../format.ts';
import { type ReadinessState, readinessToVerdict } from '../verdict.ts';
import type { ForeignText } from './foreign-text.ts';
import { type Html, html } from './html.ts';

/** What can be read from the back of the room: the verdict, and the reasons. */
export function verdict(readiness: Readiness, shown: ForeignText): Html {
  const { verdict: state, headline, checks } = readinessToVerdict(readiness);
  const fine = checks.filter((check) => check.status === 'ok');
  return html`<section id="verdict" class="verdict ${state}" aria-labelledby="headline">
<div class="word"><svg class="mark" aria-hidden="true" viewBox="0 0 48 48" width="48" height="48"><circle cx="24" cy="24" r="22"></circle><path d="${MARKS[state]}"></path></svg>
<h2 id="headline">${headline}</h2></div>
<p class="lead">${lead(readiness)}</p>
${reasons('differs', 'What stands in the way', checks, shown)}${reasons('look', state === 'differs' ? 'And then look at this' : 'To look at', checks, shown)}
${fine.length > 0 && html`<ul class="fine" aria-label="What is in order">${fine.map(({ detail }) => html`<li>${shown.plain(detail)}</li>`)}</ul>`}
</section>`;
}

const MARKS: Record<ReadinessState, string> = {
  ready: 'M13 25l8 8 14-17',
  look: 'M24 12v15M24 34v1.5',
  differs: 'M16 16l16 16M32 16L16 32',
};

/** Where in the page more is said about each check. */
const SECTIONS: Record<CheckName, string> = {
  complete: 'agreement',
  users: 'agreement',
  unreadable: 'agreement',
  missing: 'missing',
  stale: 'stale',
  conflicts: 'conflicts',
  extra: 'extra',
  usable_email: 'email',
  providers: 'providers',
  mfa: 'mfa',
  triggers: 'triggers',
  dead_letters: 'queues',
  waiting_messages: 'queues',
};

function reasons(
  state: ReadinessCheck['status'],
  title: string,
  checks: ReadinessCheck[],
  shown: ForeignText,
): Html | false {
  const items = checks
    .filter(({ status }) => status === state)
    .map(
      ({ name, detail }) => html`<li><a href="#${SECTIONS[name]}">${shown.plain(detail)}</a></li>`,
    );
  return (
    items.length > 0 && html`<p class="why">${title}</p><ul class="reasons ${state}">${items}</ul>`
  );
}

function lead(readiness: Readiness): string {
  const { agreeing, inSync, balance } = readiness;
  const notMirrored = sumOf(readiness.skipped);
  const left = notMirrored > 0 ? `; ${toCount(notMirrored)} are not mirrored, by rule` : '';
  const agree = `Cognito and WorkOS agree about ${toCount(agreeing)} of ${counted(balance.read, 'user')}${left}.`;
  const text = `${agree} ${balanceToText(balance)}.`;
  return inSync ? text : `The two sides do not agree yet. ${text}`;
}
