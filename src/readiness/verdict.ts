import type { ReadinessCheck, VerdictFacts } from './check.ts';
import { agreementChecks } from './checks/agreement.ts';
import { runningChecks } from './checks/running.ts';
import { userChecks } from './checks/users.ts';

/**
 * `differs`: both sides do not agree, which breaks the gate. `look`: they agree, and a person has to look at
 * something, or something is not known. `ready`: neither.
 */
export type ReadinessState = 'ready' | 'look' | 'differs';

type ReadinessVerdict = {
  verdict: ReadinessState;
  headline: string;
  checks: ReadinessCheck[];
};

const HEADLINES: Record<ReadinessState, string> = {
  ready: 'Ready to cut over',
  look: 'In sync, but look at this first',
  differs: 'Not ready',
};

/**
 * The one verdict about a cutover, for the terminal, `--json`, the page and the exit code: that of the
 * gravest check. It is `differs` exactly where `inSync` is false.
 */
export function readinessToVerdict(facts: VerdictFacts): ReadinessVerdict {
  const checks = [...agreementChecks(facts), ...userChecks(facts), ...runningChecks(facts)];
  const verdict = gravest(checks);
  return { verdict, headline: HEADLINES[verdict], checks };
}

function gravest(checks: readonly ReadinessCheck[]): ReadinessState {
  if (checks.some(({ status }) => status === 'differs')) return 'differs';
  return checks.some(({ status }) => status === 'look') ? 'look' : 'ready';
}

/** The verdict for a terminal: the headline, and each check that is not in order. */
export function verdictToLines({
  verdict,
  checks,
}: {
  verdict: ReadinessState;
  checks: readonly Pick<ReadinessCheck, 'status' | 'detail' | 'todo'>[];
}): string[] {
  const headline = HEADLINES[verdict];
  const open = checks.filter(({ status }) => status !== 'ok');
  const lines = open.map(({ detail, todo }) => `  ${todo ? `${detail}. ${todo}` : detail}`);
  return lines.length > 0 ? [`${headline}:`, ...lines] : [`${headline}.`];
}
