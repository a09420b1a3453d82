import type { ForeignText } from '../../page/foreign-text.ts';
import { type Html, html } from '../../page/html.ts';
import { affectedToText } from '../affected-text.ts';
import type { Assessment, Loss } from '../facts.ts';
import { toLosses } from '../losses.ts';

/** What does not come along, each with whom it touches and what to do. */
export function losses(assessment: Assessment, shown: ForeignText): Html {
  const all = toLosses(assessment);
  return html`<section id="losses"><h2>What does not come along?</h2>
<p>The sync brings users with their email, their names and the way they sign in. Some of this concerns the same users.</p>
<dl class="advice">${all.map((loss) => lossToHtml(loss, shown))}</dl></section>`;
}

function lossToHtml({ title, affected, names = [], means, todo }: Loss, shown: ForeignText): Html {
  const why =
    affected.kind === 'unknown' && html` <span class="note">(${shown.text(affected.why)})</span>`;
  const about = names.map((name, index) => html`${index > 0 && ', '}${shown.text(name)}`);
  return html`<div><dt>${title} <span class="note">${affectedToText(affected)}</span>${why}</dt>
<dd>${names.length > 0 && html`${about}. `}${means}</dd><dd><strong>To do:</strong> ${todo}</dd></div>`;
}
