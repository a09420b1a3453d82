import type { FieldDifference } from '../../src/mirror/field-difference.ts';
import { toConflicts, toCounts } from '../../src/readiness/comparison-to-facts.ts';
import type { Comparison } from '../../src/verify/comparison.ts';
import { differenceToLines } from '../shared/difference-text.ts';
import { cutLine, type Screen } from '../shared/screen.ts';
import { rowsToLines, toTerminalText } from '../shared/text.ts';
import type { VerifyOutputOptions, VerifyResult } from './output.ts';

export type SummaryOptions = VerifyOutputOptions & { screen: Screen };

/** How many of each kind the summary names. */
const NAMED = 5;

export function row(label: string, count: number): string {
  return rowsToLines([[label, count]]).join('');
}

/** How many there are of each kind, and the first of them with what differs. */
export function findingLines(
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
    ...first(orphans.extra(), ({ workosUserId, externalId, reason }) => [
      workosUserId,
      `external id ${id(externalId)}`,
      reason && `not deleted: ${reason}`,
    ]),
    ...(comparison.problemCount() > 0 ? [row('failed', comparison.problemCount())] : []),
    ...first(comparison.problems(), ({ where, reason }) => [where, reason]),
  ];
}

/** The findings that no longer break the gate, with their notes. */
export function acceptedLines({ accepted }: VerifyResult, screen: Screen): string[] {
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
