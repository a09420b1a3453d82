import { isNoMailReason, NO_MAIL_ADVICE } from '../../src/password-resets/no-mail.ts';
import { duration, plural, rowsToLines, type SummaryRow } from '../shared/text.ts';
import type { ResetReport } from './reset-options.ts';

/** The result for people, with what to do next. */
export function reportToText(report: ResetReport, rate: number): string {
  const { sending, read, eligible, sameUser, sent, alreadySent, remaining } = report;
  const rows: SummaryRow[] = [
    ['Cognito profiles read', read],
    ['people to be mailed, in all', eligible],
    ...(sameUser > 0 ? [['second profiles of them', sameUser] as const] : []),
    ...(sending ? [['mailed now', sent] as const] : []),
    ['mailed before', alreadySent],
    ['in doubt', report.inDoubt.count],
    ['not allowed by WorkOS', report.notAllowed.count],
    ['failed', report.failed.count],
    [sending ? 'remaining' : 'would be mailed', sending ? remaining : report.wouldSend],
    ...Object.entries(report.skipped).map(([reason, n]) => [`skipped: ${reason}`, n] as const),
  ];
  const heading = sending ? 'Password-reset mails' : 'Nothing was sent. With --send:';
  return [
    heading,
    ...rowsToLines(rows),
    ...sampleLines(report),
    ...nextSteps(report, rate),
    '',
  ].join('\n');
}

function sampleLines({ sample }: ResetReport): string[] {
  if (sample.count === 0) return [];
  const lines = sample.items.map(
    ({ email, sub, workosUserId }) => `  ${email}  ${sub}  ${workosUserId}`,
  );
  return ['The first of them:', ...lines];
}

function nextSteps(report: ResetReport, rate: number): string[] {
  const { inDoubt, notAllowed, failed, skipped, only, sending, wouldSend, remaining } = report;
  const steps: string[] = [];
  if (inDoubt.count > 0) {
    steps.push(
      `${inDoubt.count} may or may not have got their mail (${usersToText(inDoubt)}). They are not mailed again, unless with --retry-in-doubt: then perhaps a second time.`,
    );
  }
  if (notAllowed.count > 0) {
    steps.push(
      `${notAllowed.count} may not reset a password: the policy of their organization forbids it (${usersToText(notAllowed)}). They are not tried again unless they are in the file of --only.`,
    );
  }
  if (failed.count > 0) {
    steps.push(`${failed.count} failed (${usersToText(failed)}): the same command retries them.`);
  }
  if (report.mailedElsewhere > 0) {
    const { means, todo } = NO_MAIL_ADVICE.mailed_before;
    steps.push(
      `${report.mailedElsewhere} were mailed by a run with another state file. ${means} ${todo}`,
    );
  }
  for (const [reason, count] of Object.entries(skipped)) {
    if (!isNoMailReason(reason)) continue;
    const { means, todo } = NO_MAIL_ADVICE[reason];
    steps.push(`${count} get no mail, ${reason}: ${means} ${todo}`);
  }
  if (only && only.unknown.count > 0) {
    steps.push(
      `${plural(only.unknown.count, 'line')} of --only without a user, by line number: ${only.unknown.items.join(', ')}`,
    );
  }
  if (only && only.notEligible.count > 0) {
    steps.push(
      `${only.notEligible.count} users of --only get no mail: ${usersToText(only.notEligible)}`,
    );
  }
  if (!sending && wouldSend > 0) steps.push(`At --rate ${rate}: ${duration(wouldSend / rate)}.`);
  if (sending && remaining > 0) steps.push(`${remaining} remain: run the same command again.`);
  return steps;
}

/** How many users are shown on the terminal; `--json` has a hundred, `--report` all. */
const NAMED = 5;

function usersToText({
  count,
  items,
}: {
  count: number;
  items: { sub: string; reason?: string }[];
}) {
  const named = items.slice(0, NAMED).map(({ sub, reason }) => `${sub} ${reason ?? ''}`.trim());
  return [...named, ...(count > named.length ? [`${count - named.length} more`] : [])].join('; ');
}
