import { withoutProfile } from './absent-answers.ts';
import type { InShort } from './answer.ts';
import { describeOther, holderText, joinSentences, targetOf } from './answer-parts.ts';
import { CONFLICT_ANSWERS } from './conflict-answers.ts';
import { toDay } from './day.ts';
import type { ExplainedFacts, WorkosFacts } from './explanation.ts';
import { toBeCreated, toBeLinked, toBeUpdated } from './pending-answers.ts';
import { howToSignIn, who } from './words.ts';

/** The facts about one sub → the answer. */
export function toInShort(facts: ExplainedFacts): InShort {
  const found = judge(facts);
  const dead = facts.deadLetters.known ? facts.deadLetters.value.messages : [];
  if (dead.length === 0) return found;
  const [{ reason = '', what = '' } = {}] = dead;
  return {
    ...found,
    needsAction: true,
    problem: joinSentences(
      found.problem,
      `A message about this person could not be handled and lies in the dead-letter queue (${reason}).`,
    ),
    todo: joinSentences(found.todo, `About that message: ${what}.`),
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
      return besideWorkos(facts, notMirrored(me, outcome.reason));
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
        canSignIn: 'unknown',
        answer: `It is not certain for ${me}.`,
        problem: `The profile is changing at this moment, or WorkOS was written later than Cognito’s clock says.`,
        todo: 'Run the same command again in a minute.',
      };
    case 'rejected':
      return {
        situation: 'refused_by_workos',
        needsAction: true,
        canSignIn: 'unknown',
        answer: `It is not certain for ${me}.`,
        problem: `WorkOS refuses to answer about this user (${outcome.reason}).`,
        todo: 'Look the user up in the WorkOS dashboard.',
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

function notMirrored(me: string, reason: string): InShort {
  const base = { situation: 'not_mirrored', canSignIn: 'no', problem: '' } as const;
  switch (reason) {
    case 'disabled':
      return {
        ...base,
        needsAction: false,
        answer: `No. ${me} is disabled in Cognito, so the sync does not bring the profile to WorkOS.`,
        todo: 'There is nothing to do. If the person is to sign in again, enable the profile in Cognito; it then arrives by itself.',
      };
    case 'unconfirmed':
      return {
        ...base,
        needsAction: false,
        answer: `No. ${me} began to sign up in Cognito and never finished: the address was not confirmed.`,
        problem: 'Unfinished sign-ups are not brought to WorkOS.',
        todo: 'There is nothing to do. If the person wants an account, they finish the sign-up, or sign up at the new sign-in.',
      };
    default:
      return {
        ...base,
        needsAction: true,
        answer: `No. ${me} has no email address in Cognito, and WorkOS needs one.`,
        todo: 'Ask the person for an address, and have it entered and verified in Cognito.',
      };
  }
}

/** A profile that is not mirrored says nothing of the WorkOS user that has its sub or its address all the same. */
function besideWorkos(facts: ExplainedFacts, found: InShort): InShort {
  const { own, byEmail } = facts.workos.known ? facts.workos.value : {};
  if (own) {
    return {
      ...found,
      needsAction: true,
      canSignIn: 'yes',
      answer: `Yes, still: WorkOS has the user ${own.id} (${own.email}) of this profile.`,
      problem: joinSentences(found.answer.replace(/^No\. /, ''), found.problem),
    };
  }
  if (!byEmail) return found;
  return {
    ...found,
    canSignIn: facts.cognito?.countsAsVerified ? 'unknown' : 'no',
    answer: found.answer.replace(/^No\./, 'Not with this profile.'),
    problem: joinSentences(
      found.problem,
      `But WorkOS has the user ${byEmail.id}${holderText(facts, byEmail)} with this address: if that account is the person’s, they can sign in with it.`,
    ),
  };
}

function inSync(facts: ExplainedFacts, me: string, workosUserId: string): InShort {
  const target = targetOf(facts);
  const how = target ? ` ${howToSignIn(facts, target)}` : '';
  const base = { needsAction: false, canSignIn: 'yes', todo: 'There is nothing to do.' } as const;
  if (target && target.externalId !== facts.sub) {
    return {
      ...base,
      situation: 'second_profile',
      answer: `Yes. This is one of several Cognito profiles of one person, ${me}, who has one WorkOS user (${workosUserId}) and can sign in there${how}.`,
      problem: `The WorkOS user was made for the person’s other profile${holderText(facts, target)}. Both sides agree.`,
    };
  }
  if (target?.lastSignInAt !== undefined) {
    return {
      ...base,
      situation: 'crossed_over',
      answer: `Yes. ${me} has moved to WorkOS already (user ${workosUserId}; signed in there last on ${toDay(target.lastSignInAt)}).`,
      problem: differsText(facts, target),
    };
  }
  return {
    ...base,
    situation: 'in_sync',
    answer: `Yes. ${me} has the WorkOS user ${workosUserId}, and can sign in there${how}.`,
    problem: joinSentences('Both sides agree.', linkedText(facts)),
  };
}

/** The further profiles of the same person. */
function linkedText({ others }: ExplainedFacts): string {
  const linked = others.filter(({ relations }) => relations.includes('linked'));
  if (linked.length === 0) return '';
  const names = linked.map(describeOther).join('; ');
  return `The same person has ${linked.length === 1 ? 'another Cognito profile' : 'other Cognito profiles'} (${names}), with the same verified address: the account is the same.`;
}

function differsText({ cognito }: ExplainedFacts, target: WorkosFacts): string {
  const name = [target.firstName, target.lastName].filter((part) => part !== undefined).join(' ');
  const isSame = cognito?.name === name && cognito.email === target.email;
  if (isSame) return 'From now on WorkOS is where name, address and password are kept.';
  return `WorkOS says ${name} <${target.email}>, Cognito says ${cognito?.name ?? 'no name'} <${cognito?.email ?? 'no address'}>: that is as it should be. Since the first sign-in at WorkOS, what the person has there counts, and the sync does not overwrite it.`;
}

function workosUnknown({ cognito }: ExplainedFacts, why: string): InShort {
  return {
    situation: 'workos_unknown',
    needsAction: true,
    canSignIn: 'unknown',
    answer: `It is not known${cognito ? ` for ${who(cognito)}` : ''}: WorkOS could not be asked.`,
    problem: `${why}.`,
    todo: 'Run the same command again later.',
  };
}
