import type { Finding, Sampled } from '../readiness.ts';
import { toCount } from './format.ts';
import { type Html, html } from './html.ts';
import type { Shown } from './shown.ts';

/** A column that has nothing in any row is left out. `title` is a constant: it goes into attributes. */
export type Column<Row> = { title: string; cell: (row: Row) => Html | undefined };

/** More examples than a meeting reads are a list, and belong into a file. */
const MAXIMUM_EXAMPLES = 25;

/** The first of them as a table, with a caption that says how many there are in all. */
export function examples<Row>(
  what: string,
  { count, examples: all }: Sampled<Row>,
  columns: Column<Row>[],
): Html | false {
  if (all.length === 0) return false;
  const rows = all.slice(0, MAXIMUM_EXAMPLES);
  const seen = columns.filter(({ cell }) => rows.some((row) => cell(row) !== undefined));
  const total = Math.max(count, all.length);
  const caption =
    rows.length < total ? `${what}: the first ${rows.length} of ${toCount(total)}` : what;
  return html`<table class="examples"><caption>${caption}</caption>
<thead><tr>${seen.map(({ title }) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${seen.map(({ title, cell }) => html`<td data-title="${title}">${cell(row) ?? '–'}</td>`)}</tr>`)}</tbody></table>`;
}

/** Who it is: the email above the username, whichever there is; and the sub. */
export function userColumns(shown: Shown): Column<Finding>[] {
  return [
    { title: 'User', cell: (row) => userCell(row, shown) },
    { title: 'Cognito sub', cell: ({ sub }) => shown.id(sub) },
  ];
}

function userCell({ sub, email, username }: Finding, shown: Shown): Html | undefined {
  const name = username === email || username === sub ? undefined : username;
  if (email === undefined) return name === undefined ? undefined : shown.username(name);
  const below = name !== undefined && html`<span class="below">${shown.username(name)}</span>`;
  return html`${shown.email(email)}${below}`;
}

/** A fact that could not be found out, and what to give so that it can. */
export function unknown(why: string, shown: Shown): Html {
  return html`<p class="unknown"><strong>Not known.</strong> ${shown.text(why)}</p>`;
}

/** A figure that people read from afar. */
export function figure(count: number, one: string, many: string, note?: string): Html {
  return html`<li><span class="count">${toCount(count)}</span> <span class="what">${count === 1 ? one : many}</span>${note !== undefined && html` <span class="note">${note}</span>`}</li>`;
}

/** Commands are constants of ours. */
export function command(text: string): Html {
  return html`<code class="command">${text}</code>`;
}
