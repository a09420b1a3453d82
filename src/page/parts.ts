import type { ForeignText } from './foreign-text.ts';
import { toCount } from './format.ts';
import { type Html, html } from './html.ts';

/** A fact that could not be found out, and what to give so that it can. */
export function unknown(why: string, shown: ForeignText): Html {
  return html`<p class="unknown"><strong>Not known.</strong> ${shown.text(why)}</p>`;
}

/** A heading with its number in front, to be found at a glance: `37 users are missing in WorkOS`. */
export function countHeading(count: number | string, one: string, many: string): Html {
  const shown = typeof count === 'number' ? toCount(count) : count;
  return html`<h3><span class="count">${shown}</span> ${count === 1 ? one : many}</h3>`;
}

/** A figure that people read from afar. */
export function figure(count: number, one: string, many: string): Html {
  return html`<li><span class="count">${toCount(count)}</span> <span class="what">${count === 1 ? one : many}</span></li>`;
}

/** Commands are constants of ours. */
export function command(text: string): Html {
  return html`<code class="command">${text}</code>`;
}
