import { counted, toCount } from '../../page/format.ts';
import { timeBetween } from '../ago.ts';
import type { VerifyFigures } from '../run-figures.ts';
import type { Situation } from './situation.ts';
import type { CommandTarget, NextStep } from './types.ts';

/** Until the last verify is in order, and not too old to cut over on. */
export function verifyStep(situation: Situation): NextStep | undefined {
  const { figures, facts, stateOf, target } = situation;
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
  if (figures.resets.kind === 'run') return undefined;
  if (found.verdict === 'look') {
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
  if (stateOf('verify') === 'ok') return undefined;
  const why = `The last one is ${timeBetween(endedAt, facts.lookedAt)} old: one a day, until the cutover.`;
  return { ...step, step: 'verify', title: 'Compare both sides again', why, command: gate };
}

function fixStep(
  { missing, stale, conflicts, extra }: VerifyFigures,
  { pool }: CommandTarget,
  gate: string,
): Pick<NextStep, 'step' | 'title' | 'why' | 'command'> {
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
    const why = `The last verify found ${counted(extra, 'WorkOS user')} of deleted Cognito users. It lists them, and asks before it deletes.`;
    const command = `npx cws verify ${pool} --fix --delete-extra`;
    return { step: 'extra', title: 'Decide who is extra', why, command };
  }
  const why = 'The last verify was not in sync.';
  return { step: 'verify', title: 'Compare both sides again', why, command: gate };
}
