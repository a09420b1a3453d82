import type { Comparison } from '../verify/comparison.ts';
import type { MfaReadiness, Readiness, Sampled } from './facts.ts';
import { EXAMPLES, type Tally } from './user-counts.ts';

/** Everything that was found out, and the comparison of the verification → the readiness report's data. */
export function toReadiness(
  comparison: Comparison,
  facts: Pick<
    Readiness,
    'generatedAt' | 'userPoolId' | 'workos' | 'inSync' | 'triggers' | 'queues'
  > & {
    userPoolName?: string | undefined;
    tally: Tally;
    mfa: MfaReadiness;
  },
): Readiness {
  const { tally, userPoolName, ...rest } = facts;
  const { findings, orphans, index } = comparison;
  const counts = toCounts(comparison);
  const skipped = comparison.skipped();
  return {
    ...rest,
    ...tally.result(),
    ...(userPoolName !== undefined && { userPoolName }),
    checked: comparison.checked(),
    workosUsers: index.size(),
    skipped,
    agreeing: comparison.checked() - total(skipped) - findings.size(),
    missing: sample(counts.missing, findings.missing()),
    stale: { ...sample(counts.stale, findings.stale()), fields: findings.staleFields() },
    conflicts: {
      ...sample(counts.conflicts, toConflicts(comparison)),
      reasons: Object.fromEntries(
        toConflictReasons(comparison).map(({ reason, count }) => [reason, count]),
      ),
    },
    extra: sample(counts.extra, orphans.extra()),
    crossedOver: comparison.crossedOver(),
    accepted: sample(comparison.accepted.count(), comparison.accepted.all()),
    mustResetPassword: orphans.ours(facts.userPoolId).withPassword,
  };
}

/** How many there are of each kind of finding; twins that are both missing are one person. */
export function toCounts({ findings, orphans }: Comparison) {
  const { missing, stale, conflicts } = findings.counts();
  const extra = orphans.extraCount();
  return { missing, stale, conflicts: conflicts + orphans.size() - extra, extra };
}

/** Those about a Cognito user, and those about a WorkOS user whose primary profile is gone. */
export function* toConflicts({ findings, orphans }: Comparison) {
  yield* findings.conflicts();
  yield* orphans.primaryGone();
}

export function toConflictReasons({ findings, orphans }: Comparison) {
  const reasons = findings.conflictReasons();
  const gone = orphans.size() - orphans.extraCount();
  if (gone === 0) return reasons;
  const reason = 'primary_gone' as const;
  const told = reasons.find((each) => each.reason === reason)?.count ?? 0;
  return [...reasons.filter((each) => each.reason !== reason), { reason, count: told + gone }];
}

function total(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function sample<T>(count: number, all: Iterable<T>): Sampled<T> {
  const examples: T[] = [];
  for (const each of all) {
    if (examples.length >= EXAMPLES) break;
    examples.push(each);
  }
  return { count, examples };
}
