import type { AssessmentCheck } from './check.ts';
import { region, triggers, unknown } from './checks/pool.ts';
import { conflicts, decisions, unreadable, usableUsers, workos } from './checks/users.ts';
import type { Assessment } from './facts.ts';

/** `blocked`: the sync cannot be started as the pool is. `look`: it can, and a person decides about something first. */
export type AssessmentVerdict = 'ready' | 'look' | 'blocked';

export const HEADLINES: Record<AssessmentVerdict, string> = {
  ready: 'Ready to start',
  look: 'Look first',
  blocked: 'Blocked',
};

type JudgedAssessment = {
  verdict: AssessmentVerdict;
  checks: AssessmentCheck[];
};

/** The one verdict for terminal, JSON, page and exit code: that of the gravest check. What blocks comes first, then what is about people. */
export function assessmentToVerdict(facts: Assessment): JudgedAssessment {
  const checks = [
    usableUsers(facts),
    region(facts),
    conflicts(facts),
    unreadable(facts),
    workos(facts),
    ...decisions(facts),
    ...triggers(facts),
    unknown(facts),
  ].filter((check) => check !== undefined);
  const blocking = checks.filter(({ status }) => status === 'blocked');
  const others = checks.filter(({ status }) => status !== 'blocked');
  return { verdict: gravest(checks), checks: [...blocking, ...others] };
}

function gravest(checks: readonly AssessmentCheck[]): AssessmentVerdict {
  if (checks.some(({ status }) => status === 'blocked')) return 'blocked';
  return checks.some(({ status }) => status === 'look') ? 'look' : 'ready';
}
