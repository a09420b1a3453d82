import type { ForeignText } from './foreign-text.ts';
import { type Html, html } from './html.ts';

/** `differs`: something stands in the way; as the style sheet calls it. */
type BannerState = 'ready' | 'look' | 'differs';

/** A reason, and the id of the section that says more about it. */
export type BannerReason = { text: string; section: string };

const MARKS: Record<BannerState, string> = {
  ready: 'M13 25l8 8 14-17',
  look: 'M24 12v15M24 34v1.5',
  differs: 'M16 16l16 16M32 16L16 32',
};

/** What can be read from the back of the room: the verdict, and the reasons. */
export function verdictBanner(
  banner: {
    state: BannerState;
    headline: string;
    lead: string;
    reasons: { state: 'look' | 'differs'; title: string; items: readonly BannerReason[] }[];
    fine: readonly string[];
  },
  shown: ForeignText,
): Html {
  const { state, headline, lead, fine } = banner;
  const reasons = banner.reasons.filter(({ items }) => items.length > 0);
  return html`<section id="verdict" class="verdict ${state}" aria-labelledby="headline">
<div class="word"><svg class="mark" aria-hidden="true" viewBox="0 0 48 48" width="48" height="48"><circle cx="24" cy="24" r="22"></circle><path d="${MARKS[state]}"></path></svg>
<h2 id="headline">${headline}</h2></div>
<p class="lead">${lead}</p>
${reasons.map(
  (group) =>
    html`<p class="why">${group.title}</p><ul class="reasons ${group.state}">${group.items.map(({ text, section }) => html`<li><a href="#${section}">${shown.plain(text)}</a></li>`)}</ul>`,
)}
${fine.length > 0 && html`<ul class="fine" aria-label="What is in order">${fine.map((detail) => html`<li>${shown.plain(detail)}</li>`)}</ul>`}
</section>`;
}
