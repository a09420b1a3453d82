import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { toConflicts } from '../../src/readiness/comparison-to-facts.ts';
import type { Readiness } from '../../src/readiness/facts.ts';
import type { Acceptance } from '../../src/verify/accepted.ts';
import type { Comparison } from '../../src/verify/comparison.ts';
import type { ConflictFinding, ExtraFinding } from '../../src/verify/finding.ts';
import type { MissingFinding, StaleUser } from '../../src/verify/findings.ts';
import type { Verification } from '../../src/verify/verify.ts';

/** The result without its lists, which stay on disk. */
export type VerifyOutcome = Omit<Verification, 'fixed'> & {
  checked: number;
  workosUsers: number;
  skipped: Record<string, number>;
  /** Users who have signed in at WorkOS; `differing`: those whose names or email were changed there. */
  crossedOver: { count: number; differing: number };
  accepted: { count: number; items: Acceptance[] };
  /** Users written by --fix. */
  fixed?: number;
  /** Linked Cognito profiles that were deleted: harmless, --fix or a seed removes the link. */
  goneLinkedSubs: number;
  queues?: { deadLetters: number; waiting: number };
  requests: { reads: number; writes: number; rateLimited: number };
  seconds: number;
};

export type EmailVisibility = { showEmails?: boolean };

export function toOutcome(
  comparison: Comparison,
  { fixed: _, ...verification }: Verification,
  run: Pick<VerifyOutcome, 'fixed' | 'requests' | 'seconds'> & {
    userPoolId: string;
    queues: Readiness['queues'];
  },
): VerifyOutcome {
  const { userPoolId, queues, ...rest } = run;
  return {
    ...verification,
    checked: comparison.checked(),
    workosUsers: comparison.index.size(),
    skipped: comparison.skipped(),
    crossedOver: comparison.crossedOver(),
    accepted: { count: comparison.accepted.count(), items: comparison.accepted.all() },
    goneLinkedSubs: comparison.orphans.ours(userPoolId).goneLinkedSubs,
    ...(queues.known && { queues: queues.value }),
    ...rest,
  };
}

/** One JSON object, written as it is read from the disk: a million findings need no memory. */
export async function writeJson(
  stream: Writable,
  comparison: Comparison,
  outcome: VerifyOutcome,
  shown: EmailVisibility,
): Promise<void> {
  const { inSync, complete, checked, workosUsers, ...rest } = outcome;
  const head = JSON.stringify({ inSync, complete, checked, workosUsers });
  await write(stream, head.slice(0, -1));
  for (const [name, list] of Object.entries(toLists(comparison, shown))) {
    await write(stream, `,${JSON.stringify(name)}:[`);
    let isFirst = true;
    for (const item of list) {
      await write(stream, `${isFirst ? '' : ','}${JSON.stringify(item)}`);
      isFirst = false;
    }
    await write(stream, ']');
  }
  await write(stream, `,${JSON.stringify(rest).slice(1)}\n`);
}

export async function write(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain');
}

function toLists(comparison: Comparison, { showEmails = false }: EmailVisibility) {
  const { findings, orphans } = comparison;
  return {
    missing: hide(findings.missing(), showEmails),
    stale: hide(findings.stale(), showEmails),
    conflicts: hide(toConflicts(comparison), showEmails),
    extra: hide(orphans.extra(), showEmails),
    failed: comparison.problems(),
    skippedInWorkos: comparison.skippedInWorkos(),
  };
}

type AnyFinding = MissingFinding | StaleUser | ConflictFinding | ExtraFinding;

/** Emails, and what may be one: usernames, and external ids that have an @. */
function* hide<T extends AnyFinding>(findings: Iterable<T>, showEmails: boolean) {
  for (const finding of findings) {
    yield showEmails ? finding : Object.fromEntries(Object.entries(finding).filter(isShown));
  }
}

function isShown([key, value]: [string, unknown]): boolean {
  if (key === 'email' || key === 'username' || key === 'workosEmail') return false;
  return !(/externalId$/i.test(key) && typeof value === 'string' && value.includes('@'));
}
