import type { ExtraFinding, StaleFinding } from '../../verify/finding.ts';
import type { Readiness } from '../facts.ts';
import { barList, stackedBar } from './charts.ts';
import { counted, toRanking } from './format.ts';
import { type Html, html } from './html.ts';
import { type Column, command, countHeading, examples, userColumns } from './parts.ts';
import { conflicts } from './section-conflicts.ts';
import type { Shown } from './shown.ts';
import { readinessToTally } from './tally.ts';

/** Do both sides agree: all users in one bar, then each kind of drift with examples. */
export function agreement(readiness: Readiness, shown: Shown): Html {
  const tally = readinessToTally(readiness);
  const bar = stackedBar(`${counted(readiness.checked, 'Cognito user')} compared with WorkOS`, [
    { name: 'Agree', count: tally.agreeing, tone: 'good' },
    { name: 'Missing', count: tally.missing, tone: 'bad' },
    { name: 'Different', count: tally.stale, tone: 'look' },
    { name: 'In conflict', count: tally.conflicts, tone: 'conflict' },
    { name: 'Not mirrored, by rule', count: tally.notMirrored, tone: 'rest' },
  ]);
  return html`<section id="agreement"><h2>Do both sides agree?</h2>
${bar}
${!tally.addsUp && html`<p class="note">A person with two profiles counts once where both are missing, and twice where the primary one is gone.</p>`}
${missing(readiness, shown)}${stale(readiness, shown)}${conflicts(readiness.conflicts, shown)}${extra(readiness, shown)}${crossedOver(readiness)}${accepted(readiness, shown)}
</section>`;
}

function crossedOver({ crossedOver: { count, differing } }: Readiness): Html | false {
  if (count === 0) return false;
  return html`<section id="crossed-over">${countHeading(count, 'person has signed in at WorkOS already', 'people have signed in at WorkOS already')}
<p>Their names and addresses are WorkOS's own since then: the sync does not change them any more.
${differing > 0 ? `${counted(differing, 'of them has', 'of them have')} other names or another address there than in Cognito, which is no drift.` : 'Both sides still show the same of all of them.'}</p>
</section>`;
}

function accepted({ accepted: found }: Readiness, shown: Shown): Html | false {
  if (found.count === 0) return false;
  return html`<section id="accepted">${countHeading(found.count, 'finding is accepted', 'findings are accepted')}
<p>Somebody has decided to cut over with these; they count nowhere else on this page.</p>
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

function missing({ missing: found }: Readiness, shown: Shown): Html | false {
  if (found.count === 0) return false;
  return html`<section id="missing">${countHeading(found.count, 'user is missing in WorkOS', 'users are missing in WorkOS')}
<p>Cognito has them. ${command('npm run seed')} or ${command('npm run verify -- --fix')} brings them.</p>
${examples('Missing users', found, userColumns(shown))}
</section>`;
}

function stale({ stale: found }: Readiness, shown: Shown): Html | false {
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
<p>WorkOS has them with other values. ${command('npm run verify -- --fix')} writes what Cognito says now.</p>
${fields.length > 0 && barList('Fields that differ; a user may differ in several', fields, { whole: found.count, tone: 'look' })}
${examples('Users who differ', found, columns)}
</section>`;
}

function extra({ extra: found }: Readiness, shown: Shown): Html | false {
  if (found.count === 0) return false;
  const columns: Column<ExtraFinding>[] = [
    { title: 'Email', cell: ({ email }) => shown.email(email) },
    { title: 'WorkOS user', cell: ({ workosUserId }) => shown.id(workosUserId) },
    { title: 'External id', cell: ({ externalId }) => shown.id(externalId) },
  ];
  return html`<section id="extra">${countHeading(found.count, 'WorkOS user has no Cognito user', 'WorkOS users have no Cognito user')}
<p>They came from this pool, and it does not have them any more. Nothing is ever deleted for you: whoever
was deleted on purpose has to be deleted in WorkOS too, or can still sign in there.</p>
${examples('WorkOS users without a Cognito user', found, columns)}
</section>`;
}

function separated(parts: Html[]): (Html | string)[] {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [', ', part]));
}
