import { CONFLICT_ADVICE, type ConflictReason } from '../mirror/decide/conflicts.ts';
import { type FieldDifference, NO_DIFFERENCE } from '../mirror/field-difference.ts';
import type { Comparison } from './comparison.ts';
import type { ConflictFinding } from './finding.ts';
import { keptToAdvice } from './kept-advice.ts';

type FindingKind = 'missing' | 'stale' | 'conflict' | 'extra' | 'deleted' | 'unreadable';

/**
 * One finding, whatever its kind, with what to do about it: a line of `--report`, a row of `--csv`. There are
 * as many of each kind as verify counts; `deleted`: an extra user that this run has deleted.
 */
export type FindingRecord = {
  kind: FindingKind;
  /** Of a conflict; of the others, what is known beside the kind. */
  reason?: string;
  sub?: string;
  /** Further profiles of a missing person. */
  otherSubs?: string[];
  workosUserId?: string;
  email?: string;
  difference: FieldDifference;
  advice: string;
};

const ADVICE: Record<Exclude<FindingKind, 'conflict'>, string> = {
  missing: 'Run verify with --fix, or seed.',
  stale: 'Run verify with --fix, or seed.',
  extra:
    'If the user was deleted in Cognito on purpose, delete it in WorkOS: verify with --fix --delete-extra lists all such users first.',
  deleted: 'Nothing: the user is gone from Cognito, and was deleted in WorkOS.',
  unreadable: 'Correct the record in Cognito, or export the files again.',
};
const REFUSED = 'WorkOS refused the user with this code: correct the user in Cognito or WorkOS.';
/** Verify's own note about a stale user, not WorkOS's. */
const SYNCED_LATER = 'synced_later_than_now';

/** Every finding that has not been accepted, kind by kind. */
export function* toFindingRecords(
  comparison: Pick<Comparison, 'findings' | 'orphans' | 'problems'>,
): Generator<FindingRecord> {
  const { findings, orphans } = comparison;
  for (const { username: _, ...missing } of findings.missing()) {
    const advice = missing.reason === undefined ? ADVICE.missing : REFUSED;
    yield { kind: 'missing', ...missing, advice };
  }
  for (const { username: _, fields, before, after, ...stale } of findings.stale()) {
    const { reason } = stale;
    const isRefused = reason !== undefined && reason !== SYNCED_LATER;
    const difference = { fields, before, after };
    yield { kind: 'stale', ...stale, difference, advice: isRefused ? REFUSED : ADVICE.stale };
  }
  for (const conflict of findings.conflicts()) yield toConflictRecord(conflict);
  for (const conflict of orphans.primaryGone()) yield toConflictRecord(conflict);
  for (const { externalId: _, ...extra } of orphans.extra()) {
    const advice = extra.reason === undefined ? ADVICE.extra : keptToAdvice(extra.reason);
    yield { kind: 'extra', ...extra, difference: NO_DIFFERENCE, advice };
  }
  for (const { externalId, ...deleted } of orphans.deleted()) {
    const advice = ADVICE.deleted;
    yield { kind: 'deleted', sub: externalId, ...deleted, difference: NO_DIFFERENCE, advice };
  }
  for (const { where, reason, sub } of comparison.problems()) {
    yield {
      kind: 'unreadable',
      reason: `${where}: ${reason}`,
      ...(sub !== undefined && { sub }),
      difference: NO_DIFFERENCE,
      advice: ADVICE.unreadable,
    };
  }
}

function toConflictRecord(finding: ConflictFinding): FindingRecord {
  const { sub, reason, workosUserId, email, difference = NO_DIFFERENCE } = finding;
  return {
    kind: 'conflict',
    reason,
    sub,
    workosUserId,
    ...(email !== undefined && { email }),
    difference,
    advice: conflictToAdvice(reason),
  };
}

function conflictToAdvice(reason: ConflictReason): string {
  const { means, todo } = CONFLICT_ADVICE[reason];
  return `${means} ${todo}`;
}
