import { COLOURS, TONES } from './colours.ts';

const TEXT = `
* { box-sizing: border-box; }
html { color-scheme: light dark; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 2rem clamp(1rem, 4vw, 3rem) 3rem; max-width: 76rem; background: var(--page);
  color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere; }
h1, h2, h3, p, ul, dl, dd, figure, table { margin: 0; padding: 0; }
h1 { font-size: 1.125rem; font-weight: 650; }
h2 { font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.012em; text-wrap: balance; }
h3 { font-size: 1.125rem; line-height: 1.3; font-weight: 600; }
h3 .count { margin-right: 0.15em; font-size: 1.625rem; font-weight: 680; letter-spacing: -0.015em; font-variant-numeric: tabular-nums; }
p { max-width: 46rem; text-wrap: pretty; }
ul { list-style: none; }
a { color: var(--link); text-underline-offset: 0.18em; }
a:focus-visible { outline: 3px solid currentColor; outline-offset: 3px; border-radius: 2px; }
code { font: 0.875em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
code.command { white-space: nowrap; padding: 0.1em 0.4em; border-radius: 0.3em; background: var(--track); }
.note, .below { color: var(--soft); font-size: 0.875rem; font-weight: 400; }
.below { display: block; }
.aside { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -100rem; }
.skip:focus { position: static; }
`;

const ROOMS = `
header { display: flex; flex-wrap: wrap; gap: 0.5rem 2.5rem; align-items: baseline; margin-bottom: 1rem; }
header dl { display: flex; flex-wrap: wrap; gap: 0.25rem 2rem; font-size: 0.875rem; }
header dl > div { display: flex; flex-wrap: wrap; gap: 0 0.5rem; }
dt { color: var(--soft); }
main > section { margin-top: 1.25rem; padding: clamp(1.25rem, 3vw, 2rem); border-radius: 0.75rem; background: var(--surface);
  border: 1px solid var(--line); }
main > section > section { margin-top: 1.75rem; padding-top: 1.75rem; border-top: 1px solid var(--line); }
section > * + * { margin-top: 0.75rem; }
section > h2 + section { margin-top: 1.25rem; padding-top: 0; border-top: 0; }
:target { scroll-margin-top: 1rem; }
footer { margin-top: 1.5rem; color: var(--soft); font-size: 0.875rem; }
.unknown { padding: 0.75rem 1rem; border-radius: 0.5rem; background: var(--note-surface); color: var(--note-ink); }
.state { padding: 0.15rem 0.6rem; border-radius: 1rem; font-size: 0.875rem; white-space: nowrap; }
.state.ok { background: var(--good-surface); color: var(--good-ink); }
.state.look { background: var(--note-surface); color: var(--note-ink); }
`;

const VERDICT = `
main > .verdict { padding: clamp(1.5rem, 4vw, 3rem); border: 0; }
.verdict.differs { background: var(--stop-surface); color: var(--stop-ink); }
.verdict.look { background: var(--look-surface); color: var(--look-ink); }
.verdict.ready { background: var(--ok-surface); color: var(--ok-ink); }
.verdict a { color: inherit; }
.word { display: flex; gap: clamp(0.75rem, 2vw, 1.5rem); align-items: center; }
.word h2 { font-size: clamp(2.25rem, 7.2vw, 5rem); line-height: 1.04; font-weight: 700; letter-spacing: -0.028em;
  overflow-wrap: break-word; min-width: 0; }
.mark { flex: none; width: clamp(2.5rem, 7vw, 5rem); height: auto; fill: none; stroke: currentColor; stroke-width: 3.5;
  stroke-linecap: round; stroke-linejoin: round; }
.verdict .lead { font-size: clamp(1rem, 1.6vw, 1.25rem); max-width: 56rem; margin-top: 1.25rem; }
.reasons { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 25rem), 1fr)); gap: 0 2.5rem; margin-top: 0.5rem; }
.why { margin-top: 1.5rem; font-size: 0.9375rem; font-weight: 600; }
.reasons li { padding: 0.6rem 0; border-top: 1px solid; font-size: clamp(1.0625rem, 1.8vw, 1.375rem); font-weight: 650;
  line-height: 1.3; }
.differs .reasons.look li { padding: 0.4rem 0; font-size: 1.0625rem; font-weight: 500; }
.reasons a { text-decoration-thickness: 1px; }
.fine { display: flex; flex-wrap: wrap; gap: 0.25rem 1.75rem; margin-top: 1.25rem; }
.fine li::before { content: "✓"; margin-right: 0.5em; font-weight: 700; }
`;

const DATA = `
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 11rem), 1fr)); gap: 1rem 2rem; }
.figures .count { display: block; font-size: clamp(1.75rem, 3.6vw, 2.5rem); line-height: 1.15; font-weight: 650;
  letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.figures .what { color: var(--soft); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.75rem 4rem; }
.pair .chart + p, .pair + .pair { margin-top: 1.5rem; }
svg { display: block; overflow: hidden; }
.stack { border-radius: 0.4rem; }
.stack rect { stroke: var(--surface); stroke-width: 2; }
.track { fill: var(--track); }
.bars svg { border-radius: 0.25rem; }
.legend th { position: relative; padding-left: 1.4rem; }
.swatch { position: absolute; left: 0; top: 0.8rem; }
${TONES}
table { width: 100%; border-collapse: collapse; font-size: 0.9375rem; }
caption, figcaption { padding-bottom: 0.4rem; text-align: start; color: var(--soft); font-size: 0.875rem; }
caption.aside { padding: 0; }
th, td { padding: 0.45rem 1rem 0.45rem 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top;
  font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--soft); font-size: 0.8125rem; font-weight: 600; }
.number { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; }
.share { width: 6rem; color: var(--soft); }
.legend { margin-top: 0.75rem; }
#agreement > figure .legend, #password > figure .legend { max-width: 34rem; }
.bars th { width: 32%; }
.bars td.bar { width: 44%; vertical-align: middle; }
.facts li { max-width: 60rem; padding-left: 1.1rem; text-indent: -1.1rem; }
.facts li + li { margin-top: 0.3rem; }
.facts li::before { content: "•"; display: inline-block; width: 1.1rem; text-indent: 0; color: var(--soft); }
.plain th { width: 32%; color: var(--soft); }
.advice { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; }
.advice > div { padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: 0.5rem; }
.advice dt { margin-bottom: 0.35rem; color: var(--ink); font-weight: 650; }
.advice dd + dd { margin-top: 0.35rem; }
`;

const NARROW = `
@media (max-width: 44rem) { code.command { white-space: normal; } .plain th { width: 45%; } }
@media screen and (max-width: 44rem) {
  .examples thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .examples, .examples tbody, .examples tr, .examples caption { display: block; }
  .examples tr { padding: 0.6rem 0; border-bottom: 1px solid var(--line); }
  .examples td, .examples tbody th { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: 0.75rem; padding: 0.15rem 0;
    border: 0; }
  .examples tbody th { display: block; font-weight: 600; }
  .examples td.number { text-align: start; }
  .examples td::before { content: attr(data-title); color: var(--soft); font-size: 0.8125rem; }
  .bars tr { display: grid; grid-template-columns: minmax(0, 1fr) auto 4.5rem; padding: 0.45rem 0; border-bottom: 1px solid var(--line); }
  .bars tbody, .bars caption { display: block; }
  .bars, .bars tbody th, .bars tbody td { width: auto; padding: 0; border: 0; }
  .bars { display: block; }
  .bars tbody td.bar { grid-area: 2 / 1 / 3 / 4; width: auto; padding-top: 0.3rem; }
  .share { width: 4.5rem; }
}
`;

const PRINT = `
@media print {
  @page { margin: 16mm 14mm; }
  html { font-size: 9.5pt; }
  body { padding: 0; max-width: none; background: none; }
  main > section { border: 0; padding: 0; margin-top: 1.5rem; }
  main > .verdict { padding: 1.25rem 1.5rem; }
  .word h2 { font-size: 32pt; }
  .verdict, rect, .state, .unknown { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .verdict, .figures, figure, tr, .advice > div { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  .skip { display: none; }
}
`;

/** The whole style sheet: a constant, so that the page's policy can name it by its hash. */
export const STYLE = [COLOURS, TEXT, ROOMS, VERDICT, DATA, NARROW, PRINT].join('\n');
