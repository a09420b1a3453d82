import { counted, toCount, toShare } from '../../page/format.ts';
import type { StatusCheck } from '../check.ts';
import type { StatusFacts } from '../facts.ts';
import type { LastFigures, RunFigures, VerifyFigures } from '../run-figures.ts';

/** Hours after which a comparison is old: the runbook has one a day. */
const VERIFY_OLD_HOURS = 24;

/** Whether a verify is too old to be relied on. */
export function isOldVerify(endedAt: string, lookedAt: string): boolean {
  return Date.parse(lookedAt) - Date.parse(endedAt) > VERIFY_OLD_HOURS * 3_600_000;
}

/**
 * How much of the pool is in WorkOS, by the best witness there is: verify has counted both sides, a seed knows what it
 * did, and a round over everybody only what it has published.
 */
export function checkSeeded(facts: StatusFacts, { verify, seed }: LastFigures): StatusCheck {
  const { patrol, pool } = facts;
  const users = pool.known ? pool.value?.users : undefined;
  const more = (before: number) =>
    users === undefined || users === before ? '' : `; the pool has about ${toCount(users)} now`;
  if (verify.kind === 'run' && verify.figures.agreeing !== null) {
    const { agreeing, stale, checked, skipped } = verify.figures;
    const there = agreeing + stale;
    const of = checked - (skipped ?? 0);
    const left = skipped ? `, ${toCount(skipped)} more are skipped by rule` : '';
    const detail = `${toShare(there, of)}: ${toCount(there)} of ${toCount(of)} (verify)${left}${more(checked)}`;
    return { state: there < of ? 'look' : 'ok', detail, at: verify.endedAt };
  }
  if (seed.kind === 'run') {
    const { read, skipped, conflicts, failed } = seed.figures;
    const of = read - skipped;
    const there = of - conflicts - failed;
    const detail = `${toShare(there, of)}: ${toCount(there)} of ${toCount(of)} (seed)${more(read)}`;
    return { state: there < of ? 'look' : 'ok', detail, at: seed.endedAt };
  }
  const round = patrol.known ? patrol.value.lastFull : undefined;
  if (round?.end === 'finished') {
    const detail = `all ${toCount(round.listed)} users were published to the consumer; verify says what is in WorkOS${more(round.listed)}`;
    return { state: 'ok', detail, at: round.endedAt };
  }
  if (seed.kind === 'unknown') return { state: 'unknown', detail: seed.why };
  return { state: 'none', detail: `not seeded${more(0)}` };
}

export function checkVerify({ lookedAt }: StatusFacts, { verify }: LastFigures): StatusCheck {
  const run = toRun(verify, 'has not run');
  if (run.kind !== 'run') return run.check;
  const { endedAt: at, figures } = run;
  const { verdict, checked, exported } = figures;
  const source = exported ? ' of an export' : '';
  if (verdict === 'differs') {
    return { state: 'bad', detail: `differs${source}: ${differences(figures)}`, at };
  }
  const isOld = isOldVerify(at, lookedAt);
  const what = `in sync${verdict === 'look' ? ', with something to look at' : ''}`;
  const detail = `${what}: ${counted(checked, 'user')}${source} compared`;
  return { state: verdict === 'look' || isOld || exported ? 'look' : 'ok', detail, at };
}

function differences({ missing, stale, conflicts, extra, unreadable }: VerifyFigures): string {
  const counts = { missing, stale, conflicts, extra, unreadable: unreadable ?? 0 };
  const found = Object.entries(counts).filter(([, count]) => count > 0);
  return found.map(([what, count]) => `${toCount(count)} ${what}`).join(', ') || 'not complete';
}

export function checkSinceVerify({ metrics }: StatusFacts, { verify }: LastFigures): StatusCheck {
  if (verify.kind === 'none') return { state: 'none', detail: 'verify has not run' };
  if (verify.kind === 'unknown') return { state: 'unknown', detail: verify.why };
  if (!metrics.known) return { state: 'unknown', detail: metrics.why };
  const { sinceVerify } = metrics.value;
  if (!sinceVerify) return { state: 'unknown', detail: 'CloudWatch was not asked' };
  const { lost, conflicts, deadLettered } = sinceVerify;
  const found = [
    ...(lost > 0 ? [`about ${counted(lost, 'publication')} lost`] : []),
    ...(conflicts > 0 ? [`about ${counted(conflicts, 'conflict')}`] : []),
    ...(deadLettered > 0 ? [`about ${counted(deadLettered, 'dead letter')}`] : []),
  ];
  const detail = found.join(', ') || 'nothing lost, no conflict, no dead letter';
  return { state: found.length > 0 ? 'look' : 'ok', detail, at: metrics.at };
}

export function checkPasswords({ metrics }: StatusFacts, { verify }: LastFigures): StatusCheck {
  const run = toRun(verify, 'verify says how many are carried over');
  if (run.kind !== 'run') return run.check;
  const { keepPassword: kept, passwordUsers: people } = run.figures;
  if (kept === null || people === null) return { state: 'none', detail: 'not counted' };
  const since = (metrics.known && metrics.value.sinceVerify?.passwordsCarried) || 0;
  const more = since > 0 ? `; about ${toCount(since)} more since` : '';
  const detail = `${toCount(kept)} of ${toCount(people)} people keep theirs (${toShare(kept, people)})${more}`;
  return { state: kept > 0 ? 'ok' : 'none', detail, at: run.endedAt };
}

export function checkCrossedOver(_: StatusFacts, { verify }: LastFigures): StatusCheck {
  const run = toRun(verify, 'verify says how many have signed in at WorkOS');
  if (run.kind !== 'run') return run.check;
  const { crossedOver, people } = run.figures;
  const of = people === null ? '' : ` of ${toCount(people)}`;
  const share = people === null ? '' : ` (${toShare(crossedOver, people)})`;
  const detail = `${toCount(crossedOver)}${of} people have signed in at WorkOS${share}`;
  return { state: crossedOver > 0 ? 'ok' : 'none', detail, at: run.endedAt };
}

export function checkMails(_: StatusFacts, { resets, verify }: LastFigures): StatusCheck {
  const run = toRun(resets, mailsDue(verify));
  if (run.kind !== 'run') return run.check;
  const { mailedInAll, recipients, only, remaining, ...problems } = run.figures;
  const { failed, inDoubt, notAllowed } = problems;
  const wrong = [
    [failed, 'failed'],
    [inDoubt, 'in doubt'],
    [notAllowed, 'not allowed'],
  ].flatMap(([count, what]) => (Number(count) > 0 ? [`${count} ${what}`] : []));
  const detail = [
    `${toCount(mailedInAll)} of ${toCount(recipients)} mailed${only ? ' (those of --only)' : ''}`,
    ...(remaining ? [`${toCount(remaining)} remain`] : []),
    ...wrong,
  ].join(', ');
  return { state: wrong.length > 0 ? 'look' : 'ok', detail, at: run.endedAt };
}

function mailsDue(verify: RunFigures<VerifyFigures>): string {
  const due = verify.kind === 'run' ? verify.figures.mailsDue : null;
  return due === null ? 'none sent' : `none sent; ${counted(due, 'mail')} would be`;
}

function toRun<T>(
  run: RunFigures<T>,
  none: string,
): { kind: 'run'; endedAt: string; figures: T } | { kind: 'other'; check: StatusCheck } {
  switch (run.kind) {
    case 'run':
      return run;
    case 'none':
      return { kind: 'other', check: { state: 'none', detail: none } };
    case 'unknown':
      return { kind: 'other', check: { state: 'unknown', detail: run.why } };
  }
}
