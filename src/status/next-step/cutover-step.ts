import { counted, toCount } from '../../page/format.ts';
import type { StatusFacts } from '../facts.ts';
import type { LastFigures, ResetFigures } from '../run-figures.ts';
import type { Situation } from './situation.ts';
import type { CommandTarget, NextStep } from './types.ts';

/** From a verify that is in order to the removal of the stack. */
export function cutoverStep({ figures, facts, target }: Situation): NextStep {
  const { resets, verify } = figures;
  const step = { phase: 5 as const, guide: 'runbook.md#5-cutover-day-21-in-a-quiet-hour' };
  if (resets.kind === 'run' && !resets.figures.only) {
    return mailStep(resets.figures, target) ?? afterwards(situationOf(facts, figures), target);
  }
  const due = verify.kind === 'run' ? verify.figures.mailsDue : null;
  const mails = due === null ? '' : ` ${counted(due, 'password-reset mail')} would be sent.`;
  if (resets.kind === 'run') {
    const why = `${toCount(resets.figures.mailedInAll)} named recipients were mailed. When their mails have arrived and their links lead to your AuthKit, go on with twenty.${mails}`;
    const command = `npx cws reset-passwords ${target.pool} --send --limit 20`;
    return { ...step, step: 'mail_some', title: 'Go on with the mails', why, command };
  }
  return {
    ...step,
    step: 'cutover',
    title: 'Ready for the cutover',
    why: `Both sides agree.${mails} This command counts them and sends nothing; the cutover is a list of five steps.`,
    command: `npx cws reset-passwords ${target.pool}`,
  };
}

function mailStep(
  { remaining, inDoubt, mailedInAll, recipients }: ResetFigures,
  { pool }: CommandTarget,
): NextStep | undefined {
  const step = { phase: 5 as const, guide: 'runbook.md#5-cutover-day-21-in-a-quiet-hour' };
  const sent = `${toCount(mailedInAll)} of ${counted(recipients, 'mail')} sent`;
  const send = `npx cws reset-passwords ${pool} --send --all`;
  if (remaining) {
    const why = `${sent}; ${toCount(remaining)} remain. No user gets two.`;
    return { ...step, step: 'mail', title: 'Send the rest of the mails', why, command: send };
  }
  if (!inDoubt) return undefined;
  const why = `${sent}; whether ${toCount(inDoubt)} more were sent is in doubt.`;
  const command = `${send} --retry-in-doubt`;
  return { ...step, step: 'mail_in_doubt', title: 'Mail those in doubt', why, command };
}

/** Days without a sign-in at Cognito, at least, before the way back is given up. */
const REMOVAL_DAYS = 14;

type Afterwards = { crossedOver?: string; observed?: number; isOver: boolean };

function situationOf(facts: StatusFacts, { verify, resets }: LastFigures): Afterwards {
  const observed = facts.metrics.known ? facts.metrics.value.observedLastDay : undefined;
  const seen = { ...(observed !== undefined && { observed }) };
  if (verify.kind !== 'run' || resets.kind !== 'run') return { ...seen, isOver: false };
  const { crossedOver, people } = verify.figures;
  const days = (Date.parse(facts.lookedAt) - Date.parse(resets.endedAt)) / 86_400_000;
  // A quiet weekend, or an application that is not switched yet, has no sign-ins at Cognito either.
  const isOver = observed === 0 && crossedOver > 0 && days >= REMOVAL_DAYS;
  const of = people === null ? '' : ` of ${toCount(people)}`;
  const text = `${toCount(crossedOver)}${of} people have signed in at WorkOS, by the last verify. `;
  return { ...seen, crossedOver: text, isOver };
}

function afterwards(
  { crossedOver = '', observed, isOver }: Afterwards,
  { pool }: CommandTarget,
): NextStep {
  const step = { phase: 6 as const, guide: 'runbook.md#6-afterwards-days-22-to-50' };
  if (isOver) {
    const why = `${crossedOver}No sign-in at Cognito for 24 hours. After some weeks like this, remove the stack, as it is written there: the pool is then as it was.`;
    return { ...step, step: 'remove', title: 'Remove the stack, in some weeks', why };
  }
  const seen =
    observed === undefined ? '' : `${toCount(observed)} were observed at Cognito in 24 h. `;
  const why = `${crossedOver}${seen}Stack and pool are the way back: leave them until sign-ins at Cognito go towards none.`;
  const command = `npx cws oauth-clients ${pool} --check`;
  return { ...step, step: 'wait', title: 'Let the rest cross over', why, command };
}
