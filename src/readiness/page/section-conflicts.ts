import { CONFLICT_ADVICE, isConflictReason } from '../../mirror/decide/conflicts.ts';
import { barList } from '../../page/charts.ts';
import type { ForeignText } from '../../page/foreign-text.ts';
import { counted, toRanking } from '../../page/format.ts';
import { type Html, html } from '../../page/html.ts';
import { countHeading } from '../../page/parts.ts';
import type { ConflictFinding } from '../../verify/finding.ts';
import type { Readiness } from '../facts.ts';
import { type Column, examples, userColumns } from './parts.ts';

/** Conflicts by reason: what it means, what to do, who it is and who stands in the way. */
export function conflicts(found: Readiness['conflicts'], shown: ForeignText): Html | false {
  if (found.count === 0) return false;
  const reasons = toRanking(found.reasons);
  const bars = reasons.map(({ name, count }) => ({
    name: shown.plain(name),
    label: shown.id(name),
    count,
  }));
  return html`<section id="conflicts">${countHeading(found.count, 'user is in conflict', 'users are in conflict')}
<p>The sync writes nothing here: an operator has to decide.</p>
${bars.length > 0 && barList('Conflicts by reason', bars, { whole: found.count, tone: 'conflict' })}
${reasons.length > 0 && advice(reasons, shown)}
${examples('Users in conflict', found, columns(shown))}
</section>`;
}

function advice(reasons: { name: string; count: number }[], shown: ForeignText): Html {
  const items = reasons.map(({ name, count }) => {
    if (!isConflictReason(name)) return false;
    const { means, todo } = CONFLICT_ADVICE[name];
    return html`<div><dt>${shown.id(name)} <span class="note">${counted(count, 'user')}</span></dt>
<dd>${means}</dd><dd><strong>To do:</strong> ${todo}</dd></div>`;
  });
  return html`<dl class="advice">${items}</dl>`;
}

function columns(shown: ForeignText): Column<ConflictFinding>[] {
  return [
    { title: 'Reason', cell: ({ reason }) => shown.text(reason) },
    ...userColumns(shown),
    { title: 'In the way, in WorkOS', cell: (row) => holder(row, shown) },
  ];
}

function holder(row: ConflictFinding, shown: ForeignText): Html {
  const { workosUserId, workosEmail, holderExternalId } = row;
  const email =
    workosEmail !== undefined && html`<span class="below">${shown.email(workosEmail)}</span>`;
  const owner =
    holderExternalId !== undefined &&
    html`<span class="below">external id ${shown.id(holderExternalId)}</span>`;
  return html`${shown.id(workosUserId)}${email}${owner}`;
}
