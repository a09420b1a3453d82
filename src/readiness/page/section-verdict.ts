import type { ForeignText } from '../../page/foreign-text.ts';
import { counted, sumOf, toCount } from '../../page/format.ts';
import type { Html } from '../../page/html.ts';
import { type BannerReason, verdictBanner } from '../../page/verdict-banner.ts';
import { balanceToText } from '../balance-text.ts';
import type { CheckName, ReadinessCheck } from '../check.ts';
import type { Readiness } from '../facts.ts';
import { readinessToVerdict } from '../verdict.ts';

/** The verdict on both sides, with its reasons. */
export function verdict(readiness: Readiness, shown: ForeignText): Html {
  const { verdict: state, headline, checks } = readinessToVerdict(readiness);
  const toLook = state === 'differs' ? 'And then look at this' : 'To look at';
  return verdictBanner(
    {
      state,
      headline,
      lead: lead(readiness),
      reasons: [
        { state: 'differs', title: 'What stands in the way', items: reasons('differs', checks) },
        { state: 'look', title: toLook, items: reasons('look', checks) },
      ],
      fine: checks.filter(({ status }) => status === 'ok').map(({ detail }) => detail),
    },
    shown,
  );
}

/** Where in the page more is said about each check. */
const SECTIONS: Record<CheckName, string> = {
  complete: 'agreement',
  users: 'agreement',
  unreadable: 'agreement',
  missing: 'missing',
  stale: 'stale',
  conflicts: 'conflicts',
  extra: 'extra',
  usable_email: 'email',
  providers: 'providers',
  mfa: 'mfa',
  triggers: 'triggers',
  dead_letters: 'queues',
  waiting_messages: 'queues',
};

function reasons(state: ReadinessCheck['status'], checks: ReadinessCheck[]): BannerReason[] {
  return checks
    .filter(({ status }) => status === state)
    .map(({ name, detail }) => ({ text: detail, section: SECTIONS[name] }));
}

function lead(readiness: Readiness): string {
  const { agreeing, inSync, balance } = readiness;
  const notMirrored = sumOf(readiness.skipped);
  const left = notMirrored > 0 ? `; ${toCount(notMirrored)} are not mirrored, by rule` : '';
  const agree = `Cognito and WorkOS agree about ${toCount(agreeing)} of ${counted(balance.read, 'user')}${left}.`;
  const text = `${agree} ${balanceToText(balance)}.`;
  return inSync ? text : `The two sides do not agree yet. ${text}`;
}
