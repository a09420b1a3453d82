import { toDocument } from '../page/document.ts';
import { createForeignText, type ForeignText } from '../page/foreign-text.ts';
import { counted, sumOf, toCount, toMoment } from '../page/format.ts';
import { type Html, html } from '../page/html.ts';
import { figure } from '../page/parts.ts';
import { verdictBanner } from '../page/verdict-banner.ts';
import type { AssessmentCheck } from './check.ts';
import type { Assessment } from './facts.ts';
import { toDollars } from './money.ts';
import { cost } from './page/section-cost.ts';
import { forecast } from './page/section-forecast.ts';
import { losses } from './page/section-losses.ts';
import { pool } from './page/section-pool.ts';
import { users } from './page/section-users.ts';
import { workos } from './page/section-workos.ts';
import { assessmentToVerdict, HEADLINES } from './verdict.ts';

/**
 * The assessment as one page, for the meeting that decides to start. It has no personal data, but names that other
 * people chose: of groups, providers, attributes and app clients.
 */
export function assessmentToHtml(assessment: Assessment): string {
  const shown = createForeignText({ showEmails: false });
  return toDocument({
    title: `Migration assessment: ${shown.plain(assessment.userPoolId)}`,
    details: 'losses',
    header: header(assessment, shown),
    main: html`${verdict(assessment, shown)}${figures(assessment)}${losses(assessment, shown)}${forecast(assessment, shown)}${cost(assessment)}${users(assessment, shown)}${workos(assessment, shown)}${pool(assessment, shown)}`,
    footer: footer(assessment),
  });
}

function header(assessment: Assessment, shown: ForeignText): Html {
  const { userPoolId, profile, workosEnvironment, generatedAt } = assessment;
  const poolName = profile.known ? profile.value.name : undefined;
  const name = poolName !== undefined && html`${shown.text(poolName)} `;
  return html`<header><h1>Migration assessment</h1>
<dl><div><dt>User pool</dt><dd>${name}${shown.id(userPoolId)}</dd></div>
<div><dt>WorkOS</dt><dd>${workosEnvironment === undefined ? 'not looked at' : shown.text(workosEnvironment)}</dd></div>
<div><dt>Looked at</dt><dd>${shown.text(toMoment(generatedAt))}</dd></div></dl></header>`;
}

function verdict(assessment: Assessment, shown: ForeignText): Html {
  const { verdict: state, checks } = assessmentToVerdict(assessment);
  const of = (status: AssessmentCheck['status']) =>
    checks
      .filter((check) => check.status === status)
      .map(({ detail, section }) => ({ text: detail, section }));
  return verdictBanner(
    {
      state: state === 'blocked' ? 'differs' : state,
      headline: HEADLINES[state],
      lead: LEADS[state],
      reasons: [
        { state: 'differs', title: 'What stands in the way', items: of('blocked') },
        {
          state: 'look',
          title: state === 'blocked' ? 'And then decide about this' : 'To decide about',
          items: of('look'),
        },
      ],
      fine: checks.filter(({ status }) => status === 'ok').map(({ detail }) => detail),
    },
    shown,
  );
}

const LEADS = {
  ready: 'The dual run can begin: nothing of this pool asks for a decision first.',
  look: 'The dual run can begin, and users sign in at Cognito as before. Decide about each point below before the cutover.',
  blocked: 'As the pool is, the sync cannot bring its users.',
};

function figures({ forecast, awsCost, workosUsers }: Assessment): Html {
  const { seed, mails } = forecast;
  const brought = seed.read - sumOf(seed.skipped) - seed.conflicts - seed.failed;
  return html`<section id="figures" aria-label="Figures"><ul class="figures">
${figure(seed.read, 'user in Cognito', 'users in Cognito')}
${figure(brought, 'user comes along', 'users come along')}
${workosUsers.known ? figure(seed.conflicts, 'conflict to decide', 'conflicts to decide') : html`<li><span class="count">?</span> <span class="what">conflicts: not known without WorkOS</span></li>`}
${figure(mails.mailed, 'password-reset mail', 'password-reset mails')}
<li><span class="count">${toDollars(awsCost.monthTotal)}</span> <span class="what">of AWS a month, while both run</span></li>
</ul></section>`;
}

function footer({ users, asOf }: Assessment): Html {
  const when =
    asOf === 'export'
      ? 'as they were exported'
      : 'as they were at that moment; people sign up all the time';
  return html`<footer><p>${counted(users.total, 'user')} read by cognito-workos-sync, ${when}. Nothing was changed.
This page has no addresses, names or values of attributes of users. ${toCount(users.total)} profiles were counted one by one;
what is reckoned says so.</p></footer>`;
}
