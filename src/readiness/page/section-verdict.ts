import type { Readiness } from '../facts.ts';
import { type Check, readinessToVerdict } from './checks.ts';
import { counted, toCount } from './format.ts';
import { type Html, html } from './html.ts';
import { readinessToTally } from './tally.ts';

/** What one sees from the back of the room: the verdict, and the reasons. */
export function verdict(readiness: Readiness): Html {
  const { state, headline, checks } = readinessToVerdict(readiness);
  const fine = checks.filter((check) => check.state === 'ok');
  return html`<section id="verdict" class="verdict ${state}" aria-labelledby="headline">
<div class="word"><svg class="mark" aria-hidden="true" viewBox="0 0 48 48" width="48" height="48"><circle cx="24" cy="24" r="22"></circle><path d="${MARKS[state]}"></path></svg>
<h2 id="headline">${headline}</h2></div>
<p class="lead">${lead(readiness)}</p>
${reasons('stop', 'What stands in the way', checks)}${reasons('look', state === 'stop' ? 'And then look at this' : 'To look at', checks)}
${fine.length > 0 && html`<ul class="fine" aria-label="What is in order">${fine.map(({ text }) => html`<li>${text}</li>`)}</ul>`}
</section>`;
}

const MARKS = {
  ok: 'M13 25l8 8 14-17',
  look: 'M24 12v15M24 34v1.5',
  stop: 'M16 16l16 16M32 16L16 32',
} as const;

function reasons(state: Check['state'], title: string, checks: Check[]): Html | false {
  const items = checks
    .filter((check) => check.state === state)
    .map(({ text, section }) => html`<li><a href="#${section}">${text}</a></li>`);
  return (
    items.length > 0 && html`<p class="why">${title}</p><ul class="reasons ${state}">${items}</ul>`
  );
}

function lead(readiness: Readiness): string {
  const { agreeing, notMirrored } = readinessToTally(readiness);
  const left = notMirrored > 0 ? `; ${toCount(notMirrored)} are not mirrored, by rule` : '';
  const agree = `Cognito and WorkOS agree about ${toCount(agreeing)} of ${counted(readiness.checked, 'user')}${left}.`;
  return readiness.inSync ? agree : `The two sides do not agree yet. ${agree}`;
}
