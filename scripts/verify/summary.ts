import { type BulkSkipReason, SKIP_ADVICE } from '../../src/bulk/skip-advice.ts';
import { CONFLICT_ADVICE } from '../../src/mirror/decide/conflicts.ts';
import type { FieldDifference } from '../../src/mirror/field-difference.ts';
import { balanceToText } from '../../src/readiness/balance-text.ts';
import {
  toConflictReasons,
  toConflicts,
  toCounts,
} from '../../src/readiness/comparison-to-facts.ts';
import { verdictToLines } from '../../src/readiness/verdict.ts';
import type { Comparison } from '../../src/verify/comparison.ts';
import { differenceToLines } from '../shared/difference-text.ts';
import { cutLine, type Screen, wrapText } from '../shared/screen.ts';
import { plural, requestsToText, rowsToLines, toTerminalText } from '../shared/text.ts';
import type { VerifyOutputOptions, VerifyResult } from './output.ts';

/** How many of each kind the summary names. */
const NAMED = 5;

type SummaryOptions = VerifyOutputOptions & { screen: Screen };

/** The result for people, with what to do next. */
export function toSummary(
  comparison: Comparison,
  outcome: VerifyResult,
  options: SummaryOptions,
): string {
  const { screen } = options;
  const wrapped = (text: string) => wrapText(text, screen);
  const { checked, workosUsers, inSync, complete, requests, seconds, fixed, crossedOver } = outcome;
  const verdict = complete ? (inSync ? 'In sync' : 'NOT in sync') : 'NOT complete';
  const lines = [
    `${verdict}: ${checked} Cognito users checked, ${workosUsers} WorkOS users listed`,
    ...wrapped(`  ${balanceToText(outcome.balance)}`),
    ...(fixed === undefined ? [] : [row('fixed', fixed)]),
    ...findingLines(comparison, options),
    ...Object.entries(outcome.skipped).map(([reason, n]) => row(`skipped: ${reason}`, n)),
    ...(crossedOver.count > 0 ? [row('signed in at WorkOS', crossedOver.count)] : []),
    ...acceptedLines(outcome, screen),
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

function row(label: string, count: number): string {
  return rowsToLines([[label, count]]).join('');
}

function findingLines(
  comparison: Comparison,
  { showEmails = false, screen }: SummaryOptions,
): string[] {
  const { findings, orphans } = comparison;
  const counts = toCounts(comparison);
  const name = (finding: { sub: string; email?: string }) =>
    showEmails && finding.email !== undefined ? `${finding.sub} ${finding.email}` : finding.sub;
  const id = (externalId: string) =>
    !showEmails && externalId.includes('@') ? '(hidden)' : externalId;
  const first = createFirst(screen);
  const details = (difference: FieldDifference) =>
    differenceToLines(difference, screen, { showEmails });
  return [
    row('missing', counts.missing),
    ...first(
      findings.missing(),
      (each) => [name(each), each.reason],
      (each) => details(each.difference),
    ),
    row('stale', counts.stale),
    ...first(
      findings.stale(),
      (each) => [`${name(each)} in ${each.workosUserId}`, each.reason],
      details,
    ),
    row('conflicts', counts.conflicts),
    ...first(
      toConflicts(comparison),
      ({ holderExternalId: holder, ...each }) => [
        `${name(each)}: ${each.reason}`,
        `WorkOS has ${each.workosUserId}`,
        holder === undefined ? undefined : `external id ${id(holder)}`,
      ],
      ({ difference }) => (difference ? details(difference) : []),
    ),
    row('extra', counts.extra),
    ...first(orphans.extra(), (each) => [each.workosUserId, `external id ${id(each.externalId)}`]),
    ...(comparison.problemCount() > 0 ? [row('failed', comparison.problemCount())] : []),
    ...first(comparison.problems(), ({ where, reason }) => [where, reason]),
  ];
}

function acceptedLines({ accepted }: VerifyResult, screen: Screen): string[] {
  if (accepted.length === 0) return [];
  return [
    row('accepted', accepted.length),
    ...createFirst(screen)(accepted, ({ sub, workosUserId, reason, note }) => [
      `${sub ?? workosUserId}: ${reason}`,
      note,
    ]),
  ];
}

/** The first of a kind, a line each with its details below it. */
function createFirst({ columns }: Screen) {
  return <T>(
    all: Iterable<T>,
    toParts: (each: T) => (string | undefined)[],
    toDetails: (each: T) => string[] = () => [],
  ): string[] => {
    const lines: string[] = [];
    let named = 0;
    for (const each of all) {
      if (named === NAMED) return [...lines, '      …'];
      named += 1;
      const parts = toParts(each).filter((part) => part !== undefined && part !== '');
      lines.push(cutLine(`      ${toTerminalText(parts.join('; '))}`, columns), ...toDetails(each));
    }
    return lines;
  };
}

function nextSteps(comparison: Comparison, outcome: VerifyResult): string[] {
  const { missing, stale } = toCounts(comparison);
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
    return 'Missing and stale users: run the same command with --fix (or npm run seed).';
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
