import type { Answer, InShort } from './answer.ts';
import { describeOther, holderText, targetOf, toAnswer } from './answer-parts.ts';
import { toDay } from './day.ts';
import type { ExplainedFacts } from './explanation.ts';
import type { ForecastStep } from './forecast.ts';
import { joinSentences, signInAnswer } from './sign-in-words.ts';

const ARRIVES =
  'with the next sign-in at Cognito (or before that: once an hour, the patrol brings the Cognito accounts that have changed)';
const BRING_NOW = [
  'Ask the person to sign in at the old sign-in once. Half a minute later, run this command again.',
  'If the person cannot, ask an operator to bring it now (below).',
];
const TELL_OLD = 'Sign in once at the old sign-in, then try the new one.';

/** WorkOS has no user for the profile. */
export function toBeCreated(
  facts: ExplainedFacts,
  me: string,
  steps: readonly ForecastStep[],
): InShort {
  return {
    situation: 'to_be_created',
    needsAction: true,
    ...toAnswer({
      canSignIn: 'not_yet',
      answer: 'the account is not at WorkOS yet',
      account: `${me} has a Cognito account. WorkOS has no account for ${me} yet.`,
      problem: joinSentences(
        seenBefore(facts),
        movedFirst(facts, steps),
        refusedBefore(facts) || arrival(facts, 'It arrives'),
      ),
      ...bringNow(facts),
      tell: TELL_OLD,
    }),
  };
}

export function toBeLinked(
  facts: ExplainedFacts,
  me: string,
  steps: readonly ForecastStep[],
): InShort {
  const target = targetOf(facts);
  const last = steps.at(-1)?.rule;
  const other = holderText(facts, target);
  const id = target?.id ?? '';
  const isUnproved = last === 'holder_never_proved_address';
  const problem = isUnproved
    ? `WorkOS still has this address under another Cognito account${other}, which never proved that the address is its own. The account is ${me}’s, who has proved it.`
    : last === 'holder_is_the_same_person' || last === 'holder_gives_way_to_native'
      ? `Another Cognito account of the same person${other} has the WorkOS account ${id}, and this Cognito account is not noted on it yet.`
      : `WorkOS has an account with the same e-mail address (${id}), which is the same person’s, and is not joined with this Cognito account yet.`;
  const signIn = target && !isUnproved ? signInAnswer(facts, target) : undefined;
  return {
    situation: 'to_be_linked',
    needsAction: true,
    ...toAnswer({
      canSignIn: isUnproved ? 'not_yet' : 'yes',
      answer: isUnproved ? 'but the account will be theirs' : (signIn?.answer ?? ''),
      account: isUnproved
        ? `The account belongs to ${me}.`
        : `${me} will have one account on both sides.`,
      signIn: signIn?.signIn ?? '',
      problem: `${problem} ${arrival(facts, 'That is put right')}`,
      ...bringNow(facts),
      tell: joinSentences(TELL_OLD, signIn?.tell ?? ''),
    }),
  };
}

export function toBeUpdated(facts: ExplainedFacts, me: string): InShort {
  const target = targetOf(facts);
  const signIn = target && signInAnswer(facts, target);
  return {
    situation: 'to_be_updated',
    needsAction: true,
    ...toAnswer({
      ...signIn,
      canSignIn: 'yes',
      account: `${me} has the WorkOS account ${target?.id ?? ''}.`,
      ...lateOf(facts, signIn?.operator ?? []),
    }),
  };
}

function lateOf(
  facts: ExplainedFacts,
  operator: Answer['operator'],
): Pick<Answer, 'problem' | 'todo' | 'operator'> {
  if (!isPutOff(facts)) {
    return {
      problem: `WorkOS does not have the latest of Cognito yet (below). It arrives ${ARRIVES}.`,
      todo: BRING_NOW,
      operator: ['bring', ...operator],
    };
  }
  return {
    problem:
      'Something was changed at WorkOS by another way than the sync (below). The sync does not know that yet: it looks at WorkOS again when the time of its ledger is over (a day by default), or when the Cognito account changes.',
    todo: [
      'Find out which of the two is right (below).',
      'If it is what Cognito says, and it cannot wait for that, ask an operator to put it right now (below).',
    ],
    operator: ['fix', ...operator],
  };
}

/** When it is put right by itself; the ledger lets the sync look at WorkOS again only after a while. */
function arrival(facts: ExplainedFacts, what: string): string {
  if (!isPutOff(facts)) return `${what} ${ARRIVES}.`;
  const outcome = facts.ledger.known ? facts.ledger.value?.outcome : undefined;
  const after = outcome === 'mirrored' ? 'a day' : 'ten minutes';
  return `The sync does not know that yet: ${what.toLowerCase()} with the first sign-in ${after} or more after its last look at WorkOS, or when the Cognito account changes.`;
}

function bringNow(facts: ExplainedFacts): Pick<Answer, 'todo' | 'operator'> {
  if (!isPutOff(facts)) return { todo: BRING_NOW, operator: ['bring'] };
  return {
    todo: ['Wait for that, or ask an operator to put it right now (verify --fix, below).'],
    operator: ['fix'],
  };
}

/** What WorkOS refuses, the forecast cannot know. */
function refusedBefore({ ledger }: ExplainedFacts): string {
  const { outcome, reason = 'unknown', settledAt = '' } = (ledger.known && ledger.value) || {};
  return outcome === 'rejected'
    ? `WorkOS refused it then (${reason}, on ${toDay(settledAt)}): unless the Cognito account was put right since, it is refused again.`
    : '';
}

/** The address used to be another person's, who is moved on first. */
function movedFirst(facts: ExplainedFacts, steps: readonly ForecastStep[]): string {
  if (!steps.some(({ kind }) => kind === 'move_holder_first')) return '';
  const holder = facts.others.find(({ relations }) => relations.includes('holds_workos_user'));
  const whose = holder ? ` (${describeOther(holder)})` : '';
  return `The address used to be another person’s${whose}, whose WorkOS account is moved to that person’s new address first.`;
}

/** The ledger would answer for the mirror, so that what differs is not seen for a while. */
function isPutOff({ forecast }: ExplainedFacts): boolean {
  return forecast?.known === true && forecast.value.isAnsweredByLedger;
}

function seenBefore({ ledger }: ExplainedFacts): string {
  if (!ledger.known) return '';
  return ledger.value === null
    ? 'The sync has not seen this Cognito account yet.'
    : `The sync has seen this Cognito account (last on ${toDay(ledger.value.observedAt)}), and it was not brought.`;
}
