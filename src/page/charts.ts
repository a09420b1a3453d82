import { toCount, toShare } from './format.ts';
import { type Html, html } from './html.ts';

/** A colour of the style sheet: `--tone-…`. */
type Tone = 'good' | 'bad' | 'look' | 'conflict' | 'rest' | 'one' | 'two' | 'three';

/** `name` is what is read out; `label` what is seen, where that is more than the name. */
type Bar = { name: string; label?: Html; count: number };
export type Part = Bar & { tone: Tone };

/** Narrower than this a part cannot be seen. Per cent of the bar. */
const NARROWEST = 1.5;
/** So many bars are looked at; more are only counted. */
const MAXIMUM_BARS = 12;

/**
 * A bar of all the parts of a whole, and under it the same as a table: what the colours mean, how
 * many, which share.
 */
export function stackedBar(about: string, parts: Part[]): Html {
  const whole = parts.reduce((sum, { count }) => sum + count, 0);
  const widths = toWidths(parts.map(({ count }) => count));
  const rects = parts.map(({ tone }, index) => {
    const before = widths.slice(0, index).reduce((sum, width) => sum + width, 0);
    return rect(before, widths[index] ?? 0, tone);
  });
  const described = parts.map(({ name, count }) => `${name} ${toCount(count)}`).join(', ');
  return html`<figure class="chart"><figcaption>${about}</figcaption>
<svg class="stack" role="img" width="100%" height="28"><title>${about}: ${described}</title>
<rect class="track" x="0" y="0" width="100%" height="100%"></rect>${rects}</svg>
<table class="legend"><caption class="aside">${about}</caption>
<thead class="aside"><tr><th scope="col">What</th><th scope="col">Users</th><th scope="col">Share</th></tr></thead>
<tbody>${parts.map((part) => legendRow(part, whole))}</tbody></table>
</figure>`;
}

/**
 * One bar a row, each as long as its count beside the largest, with its share of `whole`. At most
 * twelve; the rest is counted.
 */
export function barList(
  about: string,
  rows: Bar[],
  { whole, tone }: { whole: number; tone: Tone },
): Html {
  const largest = Math.max(1, ...rows.map(({ count }) => count));
  const rest = rows.slice(MAXIMUM_BARS);
  return html`<figure class="chart">
<table class="bars"><caption>${about}</caption>
<thead class="aside"><tr><th scope="col">What</th><th scope="col">Bar</th><th scope="col">Users</th><th scope="col">Share</th></tr></thead>
<tbody>${rows.slice(0, MAXIMUM_BARS).map((row) => barRow({ ...row, tone }, { largest, whole }))}</tbody></table>
${rest.length > 0 && html`<p class="note">And ${toCount(rest.length)} more, with at most ${toCount(rest[0]?.count ?? 0)} each.</p>`}
</figure>`;
}

/**
 * Counts → widths in per cent that add up to 100, each in proportion, but none that is there too
 * narrow to be seen.
 */
export function toWidths(counts: number[]): number[] {
  const whole = counts.reduce((sum, count) => sum + count, 0);
  if (whole <= 0) return counts.map(() => 0);
  const raised = counts.map((count) =>
    count > 0 ? Math.max(NARROWEST, (count / whole) * 100) : 0,
  );
  const sum = raised.reduce((total, width) => total + width, 0);
  const spare = raised.map((width) => Math.max(0, width - NARROWEST));
  const allSpare = spare.reduce((total, width) => total + width, 0);
  return raised.map((width, index) =>
    allSpare > 0 ? width - ((spare[index] ?? 0) / allSpare) * (sum - 100) : width,
  );
}

function legendRow({ name, label, count, tone }: Part, whole: number): Html {
  return html`<tr><th scope="row"><svg class="swatch" aria-hidden="true" width="12" height="12"><rect class="tone-${tone}" width="12" height="12" rx="3"></rect></svg>${label ?? name}</th><td class="number">${toCount(count)}</td><td class="number share">${toShare(count, whole)}</td></tr>`;
}

function barRow(
  { name, label, count, tone }: Part,
  { largest, whole }: { largest: number; whole: number },
): Html {
  const share = toShare(count, whole);
  return html`<tr><th scope="row">${label ?? name}</th><td class="bar"><svg role="img" width="100%" height="14"><title>${name}: ${toCount(count)}, ${share}</title>${rect(0, Math.max(NARROWEST, (count / largest) * 100), tone)}</svg></td><td class="number">${toCount(count)}</td><td class="number share">${share}</td></tr>`;
}

function rect(x: number, width: number, tone: Tone): Html | false {
  if (width <= 0) return false;
  return html`<rect class="tone-${tone}" x="${x.toFixed(3)}%" y="0" width="${width.toFixed(3)}%" height="100%"></rect>`;
}
