import type { ForeignText } from '../../page/foreign-text.ts';
import { toCount } from '../../page/format.ts';
import { type Html, html } from '../../page/html.ts';
import type { UserFinding } from '../../verify/finding.ts';
import type { Sampled } from '../facts.ts';

/** A column that has nothing in any row is left out. `title` is a constant: it goes into attributes. */
export type Column<Row> = { title: string; cell: (row: Row) => Html | undefined };

/** More examples than a meeting reads are a list, and belong into a file. */
const MAXIMUM_EXAMPLES = 10;

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
<tbody>${rows.map((row) => html`<tr>${seen.map(({ title, cell }) => html`<td data-title="${title}"><div>${cell(row) ?? '–'}</div></td>`)}</tr>`)}</tbody></table>`;
}

/**
 * Who it is: the email, or else the username; and the sub. Beside an email, a masked username would
 * tell nothing more.
 */
export function userColumns(shown: ForeignText): Column<UserFinding>[] {
  return [
    { title: 'User', cell: (row) => userCell(row, shown) },
    { title: 'Cognito sub', cell: ({ sub }) => shown.id(sub) },
  ];
}

function userCell({ sub, email, username }: UserFinding, shown: ForeignText): Html | undefined {
  const name = username === email || username === sub ? undefined : username;
  if (email === undefined) return name === undefined ? undefined : shown.username(name);
  const below =
    name !== undefined && !shown.masked && html`<span class="below">${shown.username(name)}</span>`;
  return html`${shown.email(email)}${below}`;
}
