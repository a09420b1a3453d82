import type { ForeignText } from '../../page/foreign-text.ts';
import { type Html, html } from '../../page/html.ts';
import { command, figure, unknown } from '../../page/parts.ts';
import type { Readiness } from '../facts.ts';

/** Is the dual run running: the triggers of the pool and what waits in the queues. */
export function running(readiness: Readiness, shown: ForeignText): Html {
  return html`<section id="running"><h2>Is the dual run running?</h2>
<section id="triggers"><h3>Triggers</h3>${triggers(readiness.triggers, shown)}</section>
<section id="queues"><h3>Queues</h3>${queues(readiness.queues, shown)}</section>
</section>`;
}

function triggers(known: Readiness['triggers'], shown: ForeignText): Html {
  if (!known.known) return unknown(known.why, shown);
  if (known.value.length === 0) {
    return html`<p>The pool calls none of the sync's triggers: users who sign up or in now are not mirrored.</p>`;
  }
  const rows = known.value.map(
    ({ trigger, attached, detail }) =>
      html`<tr><th scope="row">${shown.text(trigger)}</th><td data-title="State"><div><span class="state ${attached ? 'ok' : 'look'}">${attached ? 'attached' : 'not attached'}</span></div></td><td data-title="Detail"><div>${shown.text(detail)}</div></td></tr>`,
  );
  return html`<table class="examples"><caption>Triggers of the user pool</caption>
<thead><tr><th scope="col">Trigger</th><th scope="col">State</th><th scope="col">Detail</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

function queues(known: Readiness['queues'], shown: ForeignText): Html {
  if (!known.known) return unknown(known.why, shown);
  const { deadLetters, waiting } = known.value;
  const figures = html`<ul class="figures">${figure(deadLetters, 'dead letter', 'dead letters')}${figure(waiting, 'message not mirrored yet', 'messages not mirrored yet')}</ul>`;
  if (deadLetters === 0) {
    return html`${figures}<p>Messages are on their way all the time while people sign in.</p>`;
  }
  return html`${figures}<p>WorkOS refused these for good. ${command('npx cws redrive')} lists them by reason, and replays them
once the cause is fixed.</p>`;
}
