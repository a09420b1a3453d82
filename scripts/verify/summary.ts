import { type BulkSkipReason, SKIP_ADVICE } from '../../src/bulk/skip-advice.ts';
import { CONFLICT_ADVICE } from '../../src/mirror/decide/conflicts.ts';
import { balanceToText } from '../../src/readiness/balance-text.ts';
import { toConflictReasons, toCounts } from '../../src/readiness/comparison-to-facts.ts';
import { passwordsToText } from '../../src/readiness/password-text.ts';
import { verdictToLines } from '../../src/readiness/verdict.ts';
import type { Comparison } from '../../src/verify/comparison.ts';
import { keptToAdvice } from '../../src/verify/kept-advice.ts';
import { type Screen, wrapText } from '../shared/screen.ts';
import { plural, requestsToText, toTerminalText } from '../shared/text.ts';
import type { VerifyResult } from './output.ts';
import { acceptedLines, findingLines, row, type SummaryOptions } from './summary-findings.ts';

/** The result for people, with what to do next. */
export function toSummary(
  comparison: Comparison,
  outcome: VerifyResult,
  options: SummaryOptions,
): string {
  const { screen } = options;
  const wrapped = (text: string) => wrapText(text, screen);
  const {
    checked,
    workosUsers,
    inSync,
    complete,
    requests,
    seconds,
    fixed,
    deletions,
    crossedOver,
    mails,
  } = outcome;
  const verdict = complete ? (inSync ? 'In sync' : 'NOT in sync') : 'NOT complete';
  const lines = [
    `${verdict}: ${checked} Cognito users checked, ${workosUsers} WorkOS users listed`,
    ...wrapped(`  ${balanceToText(outcome.balance)}`),
    ...(fixed === undefined ? [] : [row('fixed', fixed)]),
    ...(deletions === undefined ? [] : [row('deleted in WorkOS', deletions.deleted)]),
    ...findingLines(comparison, options),
    ...Object.entries(outcome.skipped).map(([reason, n]) => row(`skipped: ${reason}`, n)),
    ...(crossedOver.count > 0 ? [row('signed in at WorkOS', crossedOver.count)] : []),
    ...acceptedLines(outcome, screen),
    ...(mails.people > 0 ? wrapped(`Passwords: ${passwordsToText(mails)}`) : []),
    `WorkOS: ${requestsToText(requests)}; ${seconds} s`,
    ...nextSteps(comparison, outcome).flatMap(wrapped),
    ...verdictLines(outcome, screen),
    '',
  ];
  return lines.join('\n');
}

const COLOURS = { ready: 'green', look: 'yellow', differs: 'red' } as const;

function verdictLines(outcome: VerifyResult, screen: Screen): string[] {
  const [headline = '', ...checks] = verdictToLines(outcome).map(toTerminalText);
  const painted = screen.paint(['bold', COLOURS[outcome.verdict]], headline);
  return [painted, ...checks.flatMap((line) => wrapText(line, screen))];
}

function nextSteps(comparison: Comparison, outcome: VerifyResult): string[] {
  const { missing, stale, extra } = toCounts(comparison);
  const { goneLinkedSubs, notLookedAtAgain, crossedOver } = outcome;
  const steps: string[] = [];
  if (notLookedAtAgain > 0) {
    steps.push(
      `${plural(notLookedAtAgain, 'finding')} not rechecked, because there were too many.`,
    );
  }
  if (missing + stale > 0) steps.push(fixStep(outcome));
  for (const { reason, count } of toConflictReasons(comparison)) {
    const { means, todo } = CONFLICT_ADVICE[reason];
    steps.push(`${plural(count, 'conflict')}, ${reason}: ${means} ${todo}`);
  }
  if (extra > 0 && outcome.deletions === undefined) {
    steps.push(
      `${plural(extra, 'WorkOS user')} without a Cognito user: decide about each. Where they were deleted in Cognito on purpose, --fix --delete-extra lists them and deletes them in WorkOS.`,
    );
  }
  for (const [reason, count] of Object.entries(outcome.deletions?.kept ?? {})) {
    steps.push(`${plural(count, 'extra user')}, ${reason}: ${keptToAdvice(reason)}`);
  }
  for (const [reason, count] of countReasons(comparison.skippedInWorkos())) {
    const users = count === 1 ? '1 user is' : `${count} users are`;
    steps.push(`${users} ${SKIP_ADVICE[reason].short}, but in WorkOS all the same.`);
  }
  if (crossedOver.differing > 0) {
    steps.push(
      `${plural(crossedOver.differing, 'user')} with other names or another email in WorkOS since they signed in there: those stay.`,
    );
  }
  if (goneLinkedSubs > 0) {
    steps.push(
      `${plural(goneLinkedSubs, 'linked Cognito profile')} gone: --fix or a seed removes the link.`,
    );
  }
  return steps;
}

/** What was not tried because the run was stopped has not failed. */
function fixStep({ fixed, complete }: VerifyResult): string {
  if (fixed === undefined) {
    return 'Missing and stale users: run the same command with --fix (or npx cws seed).';
  }
  return complete
    ? 'These users could not be fixed; where WorkOS gave a reason, it is named: fix them in Cognito and run it again.'
    : 'Stopped before these users were fixed: run the same command again.';
}

function countReasons(users: Iterable<{ reason: BulkSkipReason }>): Map<BulkSkipReason, number> {
  const counts = new Map<BulkSkipReason, number>();
  for (const { reason } of users) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts;
}
