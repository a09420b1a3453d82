import type { Readiness } from '../readiness.ts';
import { type Check, readinessToVerdict } from './checks.ts';
import { counted, toCount } from './format.ts';
import { type Html, html } from './html.ts';
import { readinessToTally } from './tally.ts';

/** What one sees from the back of the room: the verdict, and the reasons. */
export function verdict(readiness: Readiness): Html {
  const { state, headline, checks } = readinessToVerdict(readiness);
  const open = checks.filter((check) => check.state !== 'ok');
  const fine = checks.filter((check) => check.state === 'ok');
  return html`<section id="verdict" class="verdict ${state}" aria-labelledby="headline">
<div class="word"><svg class="mark" aria-hidden="true" viewBox="0 0 48 48" width="48" height="48"><circle cx="24" cy="24" r="22"></circle><path d="${MARKS[state]}"></path></svg>
<h2 id="headline">${headline}</h2></div>
<p class="lead">${lead(readiness)}</p>
${open.length > 0 && html`<ul class="reasons">${open.map(item)}</ul>`}
${fine.length > 0 && html`<ul class="fine" aria-label="What is in order">${fine.map(({ text }) => html`<li>${text}</li>`)}</ul>`}
</section>`;
}

const MARKS = {
  ok: 'M13 25l8 8 14-17',
  look: 'M24 12v15M24 34v1.5',
  stop: 'M16 16l16 16M32 16L16 32',
} as const;

function item({ text, section, state }: Check): Html {
  const word = state === 'stop' ? 'Stops the cutover' : 'Look at this';
  return html`<li class="${state}"><a href="#${section}">${text}</a> <span class="aside">(${word})</span></li>`;
}

function lead(readiness: Readiness): string {
  const { agreeing, notMirrored } = readinessToTally(readiness);
  const left = notMirrored > 0 ? `; ${toCount(notMirrored)} are not mirrored, by rule` : '';
  const agree = `Cognito and WorkOS agree about ${toCount(agreeing)} of ${counted(readiness.checked, 'user')}${left}.`;
  return readiness.inSync ? agree : `The two sides do not agree yet. ${agree}`;
}
