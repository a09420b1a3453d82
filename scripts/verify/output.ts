import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { ReadinessCheck } from '../../src/readiness/check.ts';
import { toConflicts } from '../../src/readiness/comparison-to-facts.ts';
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

/** The result but for its lists, which stay on disk. */
export type VerifyResult = Omit<Verification, 'fixed'> & {
  verdict: ReadinessState;
  checks: ReadinessCheck[];
  checked: number;
  workosUsers: number;
  skipped: Readiness['skipped'];
  /** People who have signed in at WorkOS; `differing`: whose names or email are WorkOS's own by now. */
  crossedOver: { count: number; differing: number };
  accepted: { count: number; items: Acceptance[] };
  /** Users written by --fix. */
  fixed?: number;
  /** Linked Cognito profiles that were deleted: harmless, the mirror leaves them. */
  goneLinkedSubs: number;
  /** From Cognito's count to WorkOS's, in profiles and users. */
  balance: Readiness['balance'];
  /** People with a password, and to how many of them reset-passwords sends a mail. */
  mails: Readiness['mails'];
  queues?: { deadLetters: number; waiting: number };
  requests: { reads: number; writes: number; rateLimited: number };
  seconds: number;
};

export type VerifyOutputOptions = { showEmails?: boolean };

export function toVerifyResult(
  comparison: Comparison,
  { fixed: _, ...verification }: Verification,
  run: Pick<VerifyResult, 'fixed' | 'requests' | 'seconds'> & {
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
    accepted: { count: comparison.accepted.count(), items: comparison.accepted.all() },
    goneLinkedSubs: comparison.orphans.goneLinkedSubs(userPoolId),
    balance,
    mails,
    ...(queues.known && { queues: queues.value }),
    ...rest,
  };
}

/** One JSON object, written as it is read from the disk: a million findings need no memory. */
export async function writeJson(
  stream: Writable,
  comparison: Comparison,
  outcome: VerifyResult,
  options: VerifyOutputOptions,
): Promise<void> {
  const { inSync, complete, verdict, checks, checked, workosUsers, ...rest } = outcome;
  const head = JSON.stringify({ inSync, complete, verdict, checks, checked, workosUsers });
  await write(stream, head.slice(0, -1));
  for (const [name, list] of Object.entries(toLists(comparison, options))) {
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

function toLists(comparison: Comparison, { showEmails = false }: VerifyOutputOptions) {
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

/** The rows of `--report`, one a user that differs or is left out. */
export function* toReportRows(comparison: Comparison, options: VerifyOutputOptions) {
  for (const [finding, list] of Object.entries(toLists(comparison, options))) {
    for (const each of list) yield { finding, ...each };
  }
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
