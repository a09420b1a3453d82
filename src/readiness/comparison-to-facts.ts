import type { Comparison } from '../verify/comparison.ts';
import { EXAMPLES, type Readiness, type Sampled } from './facts.ts';

/** What else was found out than the comparison shows. */
type OtherFacts = Pick<
  Readiness,
  'generatedAt' | 'userPoolId' | 'workos' | 'inSync' | 'complete' | 'triggers' | 'queues' | 'mfa'
> & { userPoolName?: string | undefined };

/** The comparison and everything else that was found out → the readiness report's data. */
export function toReadiness(comparison: Comparison, facts: OtherFacts): Readiness {
  const { userPoolName, ...rest } = facts;
  const { findings, orphans, index, people, accepted } = comparison;
  const counts = toCounts(comparison);
  return {
    ...rest,
    ...(userPoolName !== undefined && { userPoolName }),
    checked: comparison.checked(),
    workosUsers: index.size(),
    unreadable: comparison.problemCount(),
    ...comparison.agreement(),
    balance: comparison.balance(facts.userPoolId),
    kinds: people.kinds(),
    providers: people.providers(),
    withoutWayIn: people.withoutWayIn(),
    skipped: comparison.skipped(),
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
    accepted: sample(accepted.count(), accepted.all()),
    withoutUsableEmail: sample(people.emailProblemCount(), people.emailProblems()),
    mails: people.mails(),
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

function sample<T>(count: number, all: Iterable<T>): Sampled<T> {
  const examples: T[] = [];
  for (const each of all) {
    if (examples.length >= EXAMPLES) break;
    examples.push(each);
  }
  return { count, examples };
}
