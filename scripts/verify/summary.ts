import type { Writable } from 'node:stream';
import { CONFLICT_ADVICE } from '../../src/mirror/decide/conflicts.ts';
import {
  toConflictReasons,
  toConflicts,
  toCounts,
} from '../../src/readiness/comparison-to-facts.ts';
import type { Comparison } from '../../src/verify/comparison.ts';
import { requestsToText, rowsToLines, toTerminalText } from '../shared/text.ts';
import { type EmailVisibility, type VerifyOutcome, write } from './output.ts';

/** How many of each kind the summary shows. */
const NAMED = 5;

/** The result for people, with what to do next. */
export async function writeSummary(
  stream: Writable,
  comparison: Comparison,
  outcome: VerifyOutcome,
  { showEmails = false }: EmailVisibility,
): Promise<void> {
  const { checked, workosUsers, inSync, complete, requests, seconds, fixed, crossedOver } = outcome;
  const verdict = complete ? (inSync ? 'In sync' : 'NOT in sync') : 'NOT complete';
  const lines = [
    `${verdict}: ${checked} Cognito users checked, ${workosUsers} WorkOS users listed`,
    ...(fixed === undefined ? [] : [row('fixed', fixed)]),
    ...findingLines(comparison, showEmails),
    ...Object.entries(outcome.skipped).map(([reason, n]) => row(`skipped: ${reason}`, n)),
    ...(crossedOver.count > 0 ? [row('signed in at WorkOS', crossedOver.count)] : []),
    ...acceptedLines(outcome),
    `WorkOS: ${requestsToText(requests)}; ${seconds} s`,
    ...nextSteps(comparison, outcome),
    '',
  ];
  await write(stream, lines.join('\n'));
}

function row(label: string, count: number): string {
  return rowsToLines([[label, count]]).join('');
}

function findingLines(comparison: Comparison, showEmails: boolean): string[] {
  const { findings, orphans } = comparison;
  const counts = toCounts(comparison);
  const name = (finding: { sub: string; email?: string }) =>
    showEmails && finding.email !== undefined ? `${finding.sub} ${finding.email}` : finding.sub;
  const id = (externalId: string) =>
    !showEmails && externalId.includes('@') ? '(hidden)' : externalId;
  return [
    row('missing', counts.missing),
    ...firstToLines(findings.missing(), (each) => [name(each), each.reason]),
    row('stale', counts.stale),
    ...firstToLines(findings.stale(), (each) => [
      `${name(each)} in ${each.workosUserId}`,
      each.fields.join(', '),
      each.reason,
    ]),
    row('conflicts', counts.conflicts),
    ...firstToLines(toConflicts(comparison), ({ holderExternalId: holder, ...each }) => [
      `${name(each)}: ${each.reason}`,
      `WorkOS has ${each.workosUserId}`,
      holder === undefined ? undefined : `external id ${id(holder)}`,
    ]),
    row('extra', counts.extra),
    ...firstToLines(orphans.extra(), (each) => [
      each.workosUserId,
      `external id ${id(each.externalId)}`,
    ]),
    ...(comparison.problemCount() > 0 ? [row('failed', comparison.problemCount())] : []),
    ...firstToLines(comparison.problems(), ({ where, reason }) => [where, reason]),
  ];
}

function acceptedLines({ accepted }: VerifyOutcome): string[] {
  if (accepted.count === 0) return [];
  return [
    row('accepted', accepted.count),
    ...firstToLines(accepted.items, ({ sub, workosUserId, reason, note }) => [
      `${sub ?? workosUserId}: ${reason}`,
      note,
    ]),
  ];
}

function firstToLines<T>(all: Iterable<T>, toParts: (each: T) => (string | undefined)[]): string[] {
  const lines: string[] = [];
  for (const each of all) {
    if (lines.length === NAMED) return [...lines, '      …'];
    const parts = toParts(each).filter((part) => part !== undefined && part !== '');
    lines.push(`      ${toTerminalText(parts.join('; '))}`);
  }
  return lines;
}

function nextSteps(comparison: Comparison, outcome: VerifyOutcome): string[] {
  const { missing, stale, extra } = toCounts(comparison);
  const { fixed, goneLinkedSubs, queues, notLookedAtAgain, crossedOver } = outcome;
  const steps: string[] = [];
  if (notLookedAtAgain > 0) {
    steps.push(`${notLookedAtAgain} findings were not rechecked, because there were too many.`);
  }
  if (missing + stale > 0) {
    steps.push(
      fixed === undefined
        ? 'Missing and stale users: run the same command with --fix (or npm run seed).'
        : 'These users could not be fixed: correct them in Cognito, by the reason that WorkOS gave, and run the same command again.',
    );
  }
  for (const { reason, count } of toConflictReasons(comparison)) {
    const { means, todo } = CONFLICT_ADVICE[reason];
    steps.push(`${count} conflicts, ${reason}: ${means} ${todo}`);
  }
  if (extra > 0) {
    steps.push(
      `${extra} WorkOS users are no longer in Cognito: decide about each; verify deletes none.`,
    );
  }
  if (comparison.problemCount() > 0) {
    steps.push(
      `${comparison.problemCount()} Cognito records could not be read: correct them in Cognito, or export them again.`,
    );
  }
  for (const [reason, count] of countReasons(comparison.skippedInWorkos())) {
    steps.push(`${count} users are ${SKIPPED[reason] ?? reason}, but exist in WorkOS.`);
  }
  if (crossedOver.differing > 0) {
    steps.push(
      `${crossedOver.differing} users who have signed in at WorkOS have other names or another email there: those stay.`,
    );
  }
  if (goneLinkedSubs > 0) {
    steps.push(
      `${goneLinkedSubs} linked Cognito profiles are gone: --fix or a seed removes the link.`,
    );
  }
  if (queues && queues.waiting > 0) {
    steps.push(`${queues.waiting} messages wait in the sync queue: WorkOS may still change.`);
  }
  if (queues && queues.deadLetters > 0) {
    steps.push(`${queues.deadLetters} messages are in the dead-letter queue: npm run redrive.`);
  }
  return steps;
}

const SKIPPED: Record<string, string> = {
  disabled: 'disabled in Cognito',
  unconfirmed: 'unconfirmed in Cognito',
  no_email: 'without an email in Cognito',
  newer_in_workos: 'newer than the export',
};

function countReasons(users: Iterable<{ reason: string }>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { reason } of users) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts;
}
