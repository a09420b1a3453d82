import { withoutProfile } from './absent-answers.ts';
import { type InShort, sayAnswer } from './answer.ts';
import { toAnswer } from './answer-parts.ts';
import { CONFLICT_ANSWERS } from './conflict-answers.ts';
import type { ExplainedFacts, WorkosFacts } from './explanation.ts';
import { inSync } from './in-sync-answers.ts';
import { notMirrored } from './not-mirrored-answers.ts';
import { toBeCreated, toBeLinked, toBeUpdated } from './pending-answers.ts';
import { joinSentences } from './sign-in-words.ts';
import { who } from './words.ts';

/** The facts about one sub → the answer. */
export function toInShort(facts: ExplainedFacts): InShort {
  const judged = judge(facts);
  const found = { ...judged, answer: sayAnswer(judged) };
  const dead = facts.deadLetters.known ? facts.deadLetters.value.messages : [];
  if (dead.length === 0) return found;
  const [{ reason = '', what = '' } = {}] = dead;
  return {
    ...found,
    needsAction: true,
    problem: joinSentences(
      found.problem,
      `A message of the sync about this person could not be handled and waits for an operator (${reason}; Technical details).`,
    ),
    todo: [...found.todo, `About that message, tell an operator: ${what}.`],
  };
}

function judge(facts: ExplainedFacts): InShort {
  const { cognito, workos } = facts;
  if (!workos.known) return workosUnknown(facts, workos.why);
  if (!cognito) return withoutProfile(facts);
  if (!facts.forecast?.known) {
    return workosUnknown(facts, facts.forecast?.why ?? 'the rules could not be applied');
  }
  const { outcome, steps } = facts.forecast.value;
  const me = who(cognito);
  if (facts.conflict) return inConflict(facts, me);
  switch (outcome.outcome) {
    case 'skipped':
      return notMirrored(facts, me, outcome.reason);
    case 'created':
      return toBeCreated(facts, me, steps);
    case 'linked':
      return toBeLinked(facts, me, steps);
    case 'updated':
      return toBeUpdated(facts, me);
    case 'unchanged':
      return inSync(facts, me, outcome.workosUserId);
    case 'stale':
      return {
        situation: 'older_state',
        needsAction: true,
        ...toAnswer({
          canSignIn: 'unknown',
          account: `${me} has a Cognito account.`,
          problem: `It is changing at this moment, or WorkOS was written later than Cognito’s clock says.`,
          todo: ['Run the same command again in a minute.'],
          tell: 'We are looking into it.',
        }),
      };
    case 'rejected':
      return {
        situation: 'refused_by_workos',
        needsAction: true,
        ...toAnswer({
          canSignIn: 'unknown',
          account: `${me} has a Cognito account.`,
          problem: `WorkOS refuses to answer about this person (${outcome.reason}).`,
          todo: ['Have an operator look the e-mail address up in the WorkOS dashboard.'],
          tell: 'We are looking into it.',
        }),
      };
    case 'conflict':
      // A conflict of the mirror's is always in `conflict`.
      return workosUnknown(facts, outcome.reason);
  }
}

function inConflict(facts: ExplainedFacts, me: string): InShort {
  const reason = facts.conflict?.reason ?? 'unverified_email';
  const answer = CONFLICT_ANSWERS[reason]({ facts, me, target: conflictTarget(facts) });
  return { situation: 'conflict', needsAction: true, ...answer };
}

/** The WorkOS user that a conflict is about. */
function conflictTarget({ forecast, workos }: ExplainedFacts): WorkosFacts | undefined {
  if (!workos.known) return undefined;
  const { own, byEmail, noted } = workos.value;
  const outcome = forecast?.known ? forecast.value.outcome : undefined;
  const id = outcome?.outcome === 'conflict' ? outcome.workosUserId : undefined;
  const all = [own, byEmail, noted].filter((each) => each !== null);
  return id === undefined ? all[0] : all.find((each) => each.id === id);
}

function workosUnknown({ cognito }: ExplainedFacts, why: string): InShort {
  return {
    situation: 'workos_unknown',
    needsAction: true,
    ...toAnswer({
      canSignIn: 'unknown',
      answer: 'WorkOS could not be asked',
      account: cognito ? `${who(cognito)} has a Cognito account.` : '',
      problem: `${why}.`,
      todo: ['Run the same command again later. If it stays like this, tell an operator.'],
      tell: 'We are looking into it.',
    }),
  };
}
