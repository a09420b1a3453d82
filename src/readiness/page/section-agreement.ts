import { barList, type Part, stackedBar } from '../../page/charts.ts';
import type { ForeignText } from '../../page/foreign-text.ts';
import { counted, sumOf, toRanking } from '../../page/format.ts';
import { type Html, html } from '../../page/html.ts';
import { command, countHeading } from '../../page/parts.ts';
import type { ExtraFinding, StaleFinding } from '../../verify/finding.ts';
import type { Readiness } from '../facts.ts';
import { type Column, examples, userColumns } from './parts.ts';
import { conflicts } from './section-conflicts.ts';

/** Do both sides agree: all users in one bar, then each kind of drift with examples. */
export function agreement(readiness: Readiness, shown: ForeignText): Html {
  const bar = stackedBar(`${counted(readiness.checked, 'Cognito user')} compared with WorkOS`, [
    ...parts(readiness),
  ]);
  return html`<section id="agreement"><h2>Do both sides agree?</h2>
${bar}
${partsSum(readiness) !== readiness.checked && html`<p class="note">A user that is not mirrored counts twice where it is in conflict as well: the primary profile of that person is gone.</p>`}
${missing(readiness, shown)}${stale(readiness, shown)}${conflicts(readiness.conflicts, shown)}${extra(readiness, shown)}${crossedOver(readiness)}${accepted(readiness, shown)}
</section>`;
}

/** Each Cognito user that could be read is in one of these. */
function parts(readiness: Readiness): Part[] {
  const { agreeing, missing, otherProfilesMissing, stale, conflicts, acceptedUsers } = readiness;
  return [
    { name: 'Agree', count: agreeing, tone: 'good' },
    { name: 'Missing', count: missing.count, tone: 'bad' },
    ...optional('Other profiles of the missing', otherProfilesMissing, 'bad'),
    { name: 'Different', count: stale.count, tone: 'look' },
    { name: 'In conflict', count: conflicts.count, tone: 'conflict' },
    ...optional('Accepted', acceptedUsers, 'rest'),
    { name: 'Not mirrored, by rule', count: sumOf(readiness.skipped), tone: 'rest' },
  ];
}

function optional(name: string, count: number, tone: Part['tone']): Part[] {
  return count > 0 ? [{ name, count, tone }] : [];
}

function partsSum(readiness: Readiness): number {
  return parts(readiness).reduce((sum, { count }) => sum + count, 0);
}

function crossedOver({ crossedOver: { count, differing } }: Readiness): Html | false {
  if (count === 0) return false;
  return html`<section id="crossed-over">${countHeading(count, 'person has signed in at WorkOS already', 'people have signed in at WorkOS already')}
<p>Their names and addresses are WorkOS's own since then: the sync does not change them any more.
${differing > 0 ? `${counted(differing, 'of them has', 'of them have')} other names or another address there than in Cognito, which is no drift.` : 'Both sides still show the same of all of them.'}</p>
</section>`;
}

function accepted({ accepted: found }: Readiness, shown: ForeignText): Html | false {
  if (found.count === 0) return false;
  return html`<section id="accepted">${countHeading(found.count, 'finding is accepted', 'findings are accepted')}
<p>The owner has decided to cut over with these.</p>
${examples('Accepted findings', found, [
  { title: 'Reason', cell: ({ reason }) => shown.text(reason) },
  { title: 'Cognito sub', cell: ({ sub }) => (sub === undefined ? undefined : shown.id(sub)) },
  {
    title: 'WorkOS user',
    cell: ({ workosUserId: id }) => (id === undefined ? undefined : shown.id(id)),
  },
  { title: 'Note', cell: ({ note }) => shown.text(note) },
])}
</section>`;
}

function missing({ missing: found }: Readiness, shown: ForeignText): Html | false {
  if (found.count === 0) return false;
  return html`<section id="missing">${countHeading(found.count, 'user is missing in WorkOS', 'users are missing in WorkOS')}
<p>Cognito has them. ${command('npx cws seed')} or ${command('npx cws verify --fix')} brings them.</p>
${examples('Missing users', found, userColumns(shown))}
</section>`;
}

function stale({ stale: found }: Readiness, shown: ForeignText): Html | false {
  if (found.count === 0) return false;
  const fields = toRanking(found.fields).map(({ name, count }) => ({
    name: shown.plain(name),
    label: shown.id(name),
    count,
  }));
  const columns: Column<StaleFinding>[] = [
    ...userColumns(shown),
    { title: 'WorkOS user', cell: ({ workosUserId }) => shown.id(workosUserId) },
    { title: 'Differs in', cell: (row) => html`${separated(row.fields.map(shown.text))}` },
  ];
  return html`<section id="stale">${countHeading(found.count, 'user is different in WorkOS', 'users are different in WorkOS')}
<p>WorkOS has them with other values. ${command('npx cws verify --fix')} writes what Cognito says now.</p>
${fields.length > 0 && barList('Fields that differ; a user may differ in several', fields, { whole: found.count, tone: 'look' })}
${examples('Users who differ', found, columns)}
</section>`;
}

function extra({ extra: found }: Readiness, shown: ForeignText): Html | false {
  if (found.count === 0) return false;
  const columns: Column<ExtraFinding>[] = [
    { title: 'Email', cell: ({ email }) => shown.email(email) },
    { title: 'WorkOS user', cell: ({ workosUserId }) => shown.id(workosUserId) },
    { title: 'External id', cell: ({ externalId }) => shown.id(externalId) },
  ];
  return html`<section id="extra">${countHeading(found.count, 'WorkOS user has no Cognito user', 'WorkOS users have no Cognito user')}
<p>They came from this pool, and it does not have them any more. Users who were deleted on purpose have to be
deleted in WorkOS too, or can still sign in there: ${command('npx cws verify --fix --delete-extra')} lists them and asks
first, and keeps those who have signed in at WorkOS.</p>
${examples('WorkOS users without a Cognito user', found, columns)}
</section>`;
}

function separated(parts: Html[]): (Html | string)[] {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [', ', part]));
}
