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
    return mailStep(resets.figures, target) ?? afterwards(situationOf(facts, verify), target);
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

type Afterwards = { crossedOver?: string; observed?: number; stage: string };

function situationOf(facts: StatusFacts, verify: LastFigures['verify']): Afterwards {
  const observed = facts.metrics.known ? facts.metrics.value.observedLastDay : undefined;
  const stage = facts.stage.known ? (facts.stage.value ?? 'prod') : 'prod';
  if (verify.kind !== 'run') return { stage, ...(observed !== undefined && { observed }) };
  const { crossedOver, people } = verify.figures;
  const of = people === null ? '' : ` of ${toCount(people)}`;
  const text = `${toCount(crossedOver)}${of} people have signed in at WorkOS, by the last verify. `;
  return { stage, crossedOver: text, ...(observed !== undefined && { observed }) };
}

function afterwards(
  { crossedOver = '', observed, stage }: Afterwards,
  { pool }: CommandTarget,
): NextStep {
  const step = { phase: 6 as const, guide: 'runbook.md#6-afterwards-days-22-to-50' };
  if (observed === 0) {
    const why = `${crossedOver}No sign-in at Cognito for 24 hours. After some weeks like this, remove the stack: the pool is then as it was.`;
    const command = `npx serverless remove --stage ${stage}`;
    return { ...step, step: 'remove', title: 'Remove the stack, in some weeks', why, command };
  }
  const seen =
    observed === undefined ? '' : `${toCount(observed)} were observed at Cognito in 24 h. `;
  const why = `${crossedOver}${seen}Stack and pool are the way back: leave them until sign-ins at Cognito go towards none.`;
  const command = `npx cws oauth-clients ${pool} --check`;
  return { ...step, step: 'wait', title: 'Let the rest cross over', why, command };
}
