import { withoutProfile } from './absent-answers.ts';
import { type InShort, sayAnswer } from './answer.ts';
import { describeOther, holderText, targetOf, toAnswer } from './answer-parts.ts';
import { CONFLICT_ANSWERS } from './conflict-answers.ts';
import type { ExplainedFacts, WorkosFacts } from './explanation.ts';
import { toBeCreated, toBeLinked, toBeUpdated } from './pending-answers.ts';
import { joinSentences, sidesText, signInAnswer } from './sign-in-words.ts';
import { nameAtWorkos, who, whoAtWorkos } from './words.ts';

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

function notMirrored(me: string, reason: string): InShort {
  const base = { situation: 'not_mirrored' } as const;
  switch (reason) {
    case 'disabled':
      return {
        ...base,
        needsAction: false,
        ...toAnswer({
          canSignIn: 'no',
          answer: 'the account is disabled',
          account: `${me} is disabled in Cognito, so the sync does not bring the account to WorkOS.`,
          todo: [
            'Nothing for you to do, unless the person is to sign in again: then have the account enabled in Cognito; it arrives by itself.',
          ],
          tell: 'This account is disabled.',
        }),
      };
    case 'unconfirmed':
      return {
        ...base,
        needsAction: false,
        ...toAnswer({
          canSignIn: 'no',
          answer: 'the sign-up was never finished',
          account: `${me} began to sign up in Cognito and never finished: the e-mail address was not confirmed. Unfinished sign-ups are not brought to WorkOS.`,
          todo: [
            'Nothing for you to do. If the person wants an account, the person must sign up at the new sign-in.',
          ],
          tell: 'Your sign-up was never finished. Please sign up at the new sign-in.',
        }),
      };
    default:
      return {
        ...base,
        needsAction: true,
        ...toAnswer({
          canSignIn: 'no',
          answer: 'the account has no e-mail address',
          account: `${me} has no e-mail address in Cognito, and WorkOS needs one.`,
          todo: ['Ask the person for an address, and have it entered and verified in Cognito.'],
          tell: 'The new sign-in needs an e-mail address. Which one is yours?',
        }),
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
      answer: `still, though ${found.answer}`,
      problem: `WorkOS has the account ${own.id} (${own.email}) of this Cognito account.`,
    };
  }
  if (!byEmail) return found;
  return {
    ...found,
    canSignIn: facts.cognito?.countsAsVerified ? 'unknown' : 'no',
    answer: `not with this Cognito account: ${found.answer}`,
    problem: `WorkOS has the account ${byEmail.id}${holderText(facts, byEmail)} with this address: if that account is the person’s, they can sign in with it.`,
  };
}

function inSync(facts: ExplainedFacts, me: string, workosUserId: string): InShort {
  const target = targetOf(facts);
  const base = { needsAction: false, situation: 'in_sync' } as const;
  const account = `${me} has the WorkOS account ${workosUserId}.`;
  if (!target) return { ...base, ...toAnswer({ canSignIn: 'yes', account }) };
  const signIn = signInAnswer(facts, target);
  const todo = target.emailVerified
    ? []
    : [
        'Nothing for you to do. The person must prove the e-mail address, with the code that WorkOS mails (below).',
      ];
  const found = { ...signIn, canSignIn: 'yes', todo } as const;
  if (target.externalId !== facts.sub) {
    return {
      ...base,
      situation: 'second_profile',
      ...toAnswer({
        ...found,
        account: `This is one of several Cognito accounts of one person, ${me}, who has one WorkOS account (${workosUserId}). It was made for the person’s other Cognito account${holderText(facts, target)}, whose name counts: it is ${nameAtWorkos(target) || 'none'} at WorkOS.`,
      }),
    };
  }
  if (target.lastSignInAt !== undefined) {
    return {
      ...base,
      situation: 'crossed_over',
      ...toAnswer({ ...found, account: joinSentences(account, differsText(facts, target)) }),
    };
  }
  return {
    ...base,
    ...toAnswer({
      ...found,
      account: joinSentences(account, sidesText(facts, target), linkedText(facts, target)),
    }),
  };
}

/** The further profiles of the same person. */
function linkedText({ others }: ExplainedFacts, target: WorkosFacts): string {
  const linked = others.filter(({ relations }) => relations.includes('linked'));
  if (linked.length === 0) return '';
  const names = linked.map(describeOther).join('; ');
  const isOne = linked.length === 1;
  return `The same person has ${isOne ? 'another Cognito account' : 'other Cognito accounts'} (${names}) with the same proved e-mail address: ${isOne ? 'both lead' : 'all lead'} to this one WorkOS account. Its name is “${nameAtWorkos(target)}”, that of the Cognito account shown here.`;
}

/** The person has crossed over. */
function differsText({ cognito }: ExplainedFacts, target: WorkosFacts): string {
  const since =
    'Since the first sign-in at WorkOS, what the person has there counts, and the sync changes neither name, address nor password.';
  const isSame = cognito?.name === nameAtWorkos(target) && cognito.email === target.email;
  if (isSame) return `Name and e-mail address are the same on both sides. ${since}`;
  return `WorkOS says ${whoAtWorkos(target)}, Cognito says ${cognito?.name ?? 'no name'} <${cognito?.email ?? 'no e-mail address'}>: that is as it should be. ${since}`;
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
