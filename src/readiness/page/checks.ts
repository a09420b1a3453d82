import type { MfaReadiness, Readiness } from '../facts.ts';
import { counted } from './format.ts';
import { readinessToTally } from './tally.ts';

/** One thing that was checked. `stop`: no cutover like this; `look`: a person has to decide. */
export type Check = { state: 'ok' | 'look' | 'stop'; text: string; section: Section };

/** Where in the page more is told. */
export type Section =
  | 'agreement'
  | 'missing'
  | 'stale'
  | 'conflicts'
  | 'extra'
  | 'email'
  | 'mfa'
  | 'triggers'
  | 'queues';

export type Verdict = { state: Check['state']; headline: string; checks: Check[] };

const HEADLINES = {
  ok: 'Ready to cut over',
  look: 'In sync, but look at this first',
  stop: 'Not ready',
} as const;

/**
 * The verdict is that of the gravest check: `stop` while the two sides differ (`inSync` is false),
 * `look` while something is unknown or needs a decision, `ok` otherwise.
 */
export function readinessToVerdict(readiness: Readiness): Verdict {
  const checks = [
    ...agreement(readiness),
    triggers(readiness.triggers),
    deadLetters(readiness.queues),
    usableEmail(readiness.withoutUsableEmail.count),
    mfa(readiness.mfa),
  ];
  const state = gravest(readiness.inSync, checks);
  return { state, headline: HEADLINES[state], checks };
}

function gravest(inSync: boolean, checks: Check[]): Check['state'] {
  if (!inSync) return 'stop';
  return checks.some((check) => check.state !== 'ok') ? 'look' : 'ok';
}

function agreement(readiness: Readiness): Check[] {
  const state = readiness.inSync ? 'look' : 'stop';
  const { missing, stale, conflicts, extra } = readiness;
  const drift: [number, Section, string][] = [
    [missing.count, 'missing', `${counted(missing.count, 'user')} missing in WorkOS`],
    [stale.count, 'stale', `${counted(stale.count, 'user')} different in WorkOS`],
    [conflicts.count, 'conflicts', `${counted(conflicts.count, 'user')} in conflict`],
    [extra.count, 'extra', `${counted(extra.count, 'WorkOS user')} without a Cognito user`],
  ];
  const found = drift
    .filter(([count]) => count > 0)
    .map(([, section, text]): Check => ({ state, section, text }));
  return found.length > 0 ? found : [withoutDrift(readiness)];
}

function withoutDrift(readiness: Readiness): Check {
  const section = 'agreement';
  if (!readiness.inSync) {
    return { state: 'stop', section, text: 'Not everyone could be compared: see what verify says' };
  }
  if (readiness.checked === 0) {
    return { state: 'look', section, text: 'No user was looked at: is it the right pool?' };
  }
  const { agreeing } = readinessToTally(readiness);
  const text = `Both sides agree about ${counted(agreeing, 'user')}`;
  return { state: 'ok', section, text };
}

function triggers(known: Readiness['triggers']): Check {
  const section = 'triggers';
  if (!known.known) return { state: 'look', section, text: 'Triggers: not known' };
  const detached = known.value.filter(({ attached }) => !attached).length;
  if (known.value.length === 0) return { state: 'look', section, text: 'No trigger attached' };
  return detached > 0
    ? { state: 'look', section, text: `${counted(detached, 'trigger')} not attached` }
    : { state: 'ok', section, text: 'Triggers attached' };
}

function deadLetters(known: Readiness['queues']): Check {
  const section = 'queues';
  if (!known.known) return { state: 'look', section, text: 'Dead letters: not known' };
  const { deadLetters: count } = known.value;
  return count > 0
    ? { state: 'look', section, text: `${counted(count, 'dead letter')} waiting` }
    : { state: 'ok', section, text: 'No dead letters' };
}

function usableEmail(count: number): Check {
  const section = 'email';
  return count > 0
    ? { state: 'look', section, text: `${counted(count, 'user')} without a usable email` }
    : { state: 'ok', section, text: 'Everyone has a usable email' };
}

function mfa(readiness: MfaReadiness): Check {
  const section = 'mfa';
  const enrolled = readiness.enrolled.count;
  if (enrolled > 0) {
    const text = `${counted(enrolled, 'user')} must enrol in MFA again`;
    return { state: 'look', section, text };
  }
  if (readiness.setting === 'OFF') return { state: 'ok', section, text: 'MFA is off in the pool' };
  return readiness.notLookedAt > 0
    ? { state: 'look', section, text: 'MFA: not known for everyone' }
    : { state: 'ok', section, text: 'Nobody must enrol in MFA again' };
}
