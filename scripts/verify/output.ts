import type { ReadinessCheck } from '../../src/readiness/check.ts';
import { toConflicts, toCounts } from '../../src/readiness/comparison-to-facts.ts';
import type { Readiness } from '../../src/readiness/facts.ts';
import { type ReadinessState, readinessToVerdict } from '../../src/readiness/verdict.ts';
import type { Acceptance } from '../../src/verify/accepted.ts';
import type { Comparison } from '../../src/verify/comparison.ts';
import type {
  ConflictFinding,
  ExtraFinding,
  MissingFinding,
  StaleUser,
} from '../../src/verify/finding.ts';
import type { Verification } from '../../src/verify/verify.ts';
import { StreamedList, toList } from '../shared/result.ts';

/** The result but for its lists, which stay on disk. */
export type VerifyResult = Omit<Verification, 'fixed'> & {
  verdict: ReadinessState;
  checks: ReadinessCheck[];
  checked: number;
  workosUsers: number;
  skipped: Readiness['skipped'];
  /** People who have signed in at WorkOS; `differing`: whose names or email are WorkOS's own by now. */
  crossedOver: { count: number; differing: number };
  accepted: Acceptance[];
  /** Users written by --fix. */
  fixed?: number;
  /** With --delete-extra: extra users deleted in WorkOS, and those that were kept, by reason. */
  deletions?: { deleted: number; kept: Record<string, number> };
  /** Linked Cognito profiles that were deleted: harmless, the mirror leaves them. */
  goneLinkedSubs: number;
  /** From Cognito's count to WorkOS's, in profiles and users. */
  balance: Readiness['balance'];
  /** People with a password: how many keep theirs, and to how many reset-passwords sends a mail. */
  mails: Readiness['mails'];
  queues?: { deadLetters: number; waiting: number };
  requests: { reads: number; writes: number; rateLimited: number };
  seconds: number;
};

export type VerifyOutputOptions = { showEmails?: boolean };

export function toVerifyResult(
  comparison: Comparison,
  { fixed: _, ...verification }: Verification,
  run: Pick<VerifyResult, 'fixed' | 'deletions' | 'requests' | 'seconds'> & {
    userPoolId: string;
    readiness: Readiness;
  },
): VerifyResult {
  const { userPoolId, readiness, ...rest } = run;
  const { queues, balance, mails } = readiness;
  const { verdict, checks } = readinessToVerdict(readiness);
  return {
    ...verification,
    verdict,
    checks,
    checked: comparison.checked(),
    workosUsers: comparison.index.size(),
    skipped: comparison.skipped(),
    crossedOver: comparison.crossedOver(),
    accepted: comparison.accepted.all(),
    goneLinkedSubs: comparison.orphans.goneLinkedSubs(userPoolId),
    balance,
    mails,
    ...(queues.known && { queues: queues.value }),
    ...rest,
  };
}

/** What became of the extra users that were to be deleted. */
export function toDeletions({
  orphans,
}: Pick<Comparison, 'orphans'>): NonNullable<VerifyResult['deletions']> {
  const kept: Record<string, number> = {};
  for (const { reason } of orphans.extra()) {
    if (reason !== undefined) kept[reason] = (kept[reason] ?? 0) + 1;
  }
  return { deleted: orphans.deletedCount(), kept };
}

/** The result with `--json`; its lists are read from the disk as they are written. */
export function toVerifyJson(
  comparison: Comparison,
  outcome: VerifyResult,
  { showEmails = false }: VerifyOutputOptions,
): object {
  const { inSync, complete, verdict, checks, checked, workosUsers, accepted, ...rest } = outcome;
  const { findings, orphans } = comparison;
  const counts = toCounts(comparison);
  const hidden = <T extends AnyFinding>(count: number, items: Iterable<T>) =>
    new StreamedList(count, hide(items, showEmails));
  return {
    ...{ inSync, complete, verdict, checks: toList(checks), checked, workosUsers },
    missing: hidden(counts.missing, findings.missing()),
    stale: hidden(counts.stale, findings.stale()),
    conflicts: hidden(counts.conflicts, toConflicts(comparison)),
    extra: hidden(counts.extra, orphans.extra()),
    ...(outcome.deletions && {
      deletedExtra: hidden(outcome.deletions.deleted, orphans.deleted()),
    }),
    failed: new StreamedList(comparison.problemCount(), comparison.problems()),
    skippedInWorkos: new StreamedList(
      comparison.skippedInWorkosCount(),
      comparison.skippedInWorkos(),
    ),
    accepted: toList(accepted),
    ...rest,
  };
}

type AnyFinding = MissingFinding | StaleUser | ConflictFinding | ExtraFinding;

/**
 * Without emails, names, and what may be an email: usernames, and external ids that have an @. What a create
 * would send is in the report alone.
 */
function* hide<T extends AnyFinding>(findings: Iterable<T>, showEmails: boolean) {
  for (const finding of findings) {
    const shown = Object.entries(finding).filter(([key]) => key !== 'difference');
    yield Object.fromEntries(showEmails ? shown : shown.filter(isShown));
  }
}

const PERSONAL = new Set(['email', 'username', 'workosEmail', 'before', 'after']);

function isShown([key, value]: [string, unknown]): boolean {
  if (PERSONAL.has(key)) return false;
  return !(/externalId$/i.test(key) && typeof value === 'string' && value.includes('@'));
}
