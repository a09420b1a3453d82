import { counted, toCount } from '../../page/format.ts';
import { timeBetween } from '../ago.ts';
import { isOldVerify } from '../checks/migration.ts';
import type { LastFigures, VerifyFigures } from '../run-figures.ts';
import type { Situation } from './situation.ts';
import type { CommandTarget, NextStep } from './types.ts';

/** Until the last verify is in order, and not too old to cut over on. */
export function verifyStep(situation: Situation): NextStep | undefined {
  const { figures, facts, target } = situation;
  const { verify, seed } = figures;
  const gate = `npx cws verify ${target.pool} --strict --html readiness.html --csv findings.csv`;
  const step = { phase: 4 as const, guide: 'runbook.md#4-dress-rehearsal-days-9-to-20' };
  if (verify.kind !== 'run') {
    const why = 'The users are in WorkOS, and no verify has compared both sides yet.';
    return { ...step, step: 'verify', title: 'Compare both sides', why, command: gate };
  }
  const { figures: found, endedAt } = verify;
  if (seed.kind === 'run' && seed.endedAt > endedAt) {
    const why = `A seed has run since the last verify, which is ${timeBetween(endedAt, facts.lookedAt)} old.`;
    return { ...step, step: 'verify', title: 'Compare both sides', why, command: gate };
  }
  if (found.verdict === 'differs') return { ...step, ...fixStep(found, target, gate) };
  const mailing = toMailing(figures);
  if (mailing === 'ended') return undefined;
  // With the mails begun, what was to be looked at is decided.
  if (found.verdict === 'look' && mailing === 'not_begun') {
    const why =
      'Both sides agree, and the last verify wants something looked at before the cutover.';
    return {
      ...step,
      step: 'look',
      title: 'Settle what verify wants looked at',
      why,
      command: gate,
    };
  }
  const why = whyAgain(situation, found, endedAt);
  if (why === undefined) return undefined;
  return { ...step, step: 'verify', title: 'Compare both sides again', why, command: gate };
}

/** Mails to the team alone (`only`) begin nothing. */
function toMailing({ resets }: LastFigures): 'not_begun' | 'under_way' | 'ended' {
  if (resets.kind !== 'run' || resets.figures.only) return 'not_begun';
  const { remaining, inDoubt } = resets.figures;
  return remaining || inDoubt ? 'under_way' : 'ended';
}

/** Why the last verify does not speak for the users of this moment. */
function whyAgain(
  { facts }: Situation,
  { exported }: VerifyFigures,
  endedAt: string,
): string | undefined {
  if (exported) return 'The last one has compared exported files, not the live pool.';
  if (isOldVerify(endedAt, facts.lookedAt)) {
    return `The last one is ${timeBetween(endedAt, facts.lookedAt)} old: one a day, until the cutover.`;
  }
  const since = facts.metrics.known ? facts.metrics.value.sinceVerify : undefined;
  const missed = (since?.lost ?? 0) + (since?.deadLettered ?? 0);
  return missed > 0
    ? `Since the last one about ${counted(missed, 'observation')} did not reach WorkOS.`
    : undefined;
}

function fixStep(
  { missing, stale, conflicts, extra }: VerifyFigures,
  { pool }: CommandTarget,
  gate: string,
): Pick<NextStep, 'step' | 'title' | 'why' | 'command'> & { guide?: string } {
  if (missing + stale > 0) {
    const what = `${counted(missing, 'user')} missing and ${toCount(stale)} stale in WorkOS`;
    const why = `The last verify found ${what}. More than 100 are a question: a wrong pool or environment, or a lost night?`;
    const command = `npx cws verify ${pool} --fix`;
    return { step: 'fix', title: 'Mirror what is missing', why, command };
  }
  if (conflicts > 0) {
    const why = `The last verify found ${counted(conflicts, 'conflict')}, which no rule may decide. The table has advice for each.`;
    return { step: 'conflicts', title: 'Decide the conflicts', why, command: gate };
  }
  if (extra > 0) {
    const why = `The last verify found ${counted(extra, 'WorkOS user')} of deleted Cognito users. This one lists them; how to delete them, once you have decided, is written there.`;
    const guide = 'commands/verify.md#delete-extra-users';
    return { step: 'extra', title: 'Decide who is extra', why, command: gate, guide };
  }
  const why = 'The last verify was not in sync.';
  return { step: 'verify', title: 'Compare both sides again', why, command: gate };
}
